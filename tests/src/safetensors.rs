//! Safetensors files made by hand.

/// A tensor of a file, its data as bytes.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its name.
    pub name: String,
    /// Its type.
    pub dtype: &'static str,
    /// Its sizes.
    pub shape: Vec<usize>,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// A tensor of type F32.
#[must_use]
pub fn tensor(name: &str, shape: &[usize], values: &[f32]) -> Stored {
    assert_eq!(shape.iter().product::<usize>(), values.len());
    Stored { name: name.to_owned(), dtype: "F32", shape: shape.to_vec(), data: values.iter().flat_map(|x| x.to_le_bytes()).collect() }
}

/// The file of these tensors, without metadata.
#[must_use]
pub fn file(tensors: &[Stored]) -> Vec<u8> {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for Stored { name, dtype, shape, data: bytes } in tensors {
        let begin = data.len();
        data.extend_from_slice(bytes);
        header.insert(name.clone(), serde_json::json!({ "dtype": dtype, "shape": shape, "data_offsets": [begin, data.len()] }));
    }
    raw(&serde_json::Value::Object(header).to_string(), &data)
}

/// A file of this header and data.
#[must_use]
pub fn raw(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}
