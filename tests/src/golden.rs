//! The golden data: `goldens/*.json`, made by `goldens/generate.py` with PyTorch and Keras in `f64`.

use crate::assert_close;
use nn::memory::zeroed_box;
use nn::parameters::Place;
use nn::{Layer, Parameters, Pass, Real, Scalar, Serial, Training};
use serde_json::Value;

/// One case of a file.
#[derive(Debug)]
pub struct Case {
    /// Which one, for messages.
    pub title: String,
    value: Value,
}

/// The cases of `goldens/{name}.json`; there must be `count`, so that none is forgotten when the file grows.
///
/// # Panics
/// If the file cannot be read, or has another number of cases.
#[must_use]
pub fn cases(name: &str, count: usize) -> Vec<Case> {
    let path = format!("{}/goldens/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut file: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let Value::Array(cases) = file["cases"].take() else { panic!("{path}: no cases") };
    assert_eq!(cases.len(), count, "{path}: number of cases");
    let title = |i: usize, case: &Value| {
        let kind = case["name"].as_str().or(case["layer"].as_str()).unwrap_or("");
        format!("{name}.json, case {i} ({kind} {} {})", case["options"], case["input_shape"])
    };
    cases.into_iter().enumerate().map(|(i, value)| Case { title: title(i, &value), value }).collect()
}

impl Case {
    /// A value.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn get(&self, path: &[&str]) -> &Value {
        path.iter().fold(&self.value, |value, key| value.get(key).unwrap_or_else(|| panic!("{}: no {path:?}", self.title)))
    }
    /// Whether there is a value.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }
    /// A string.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.get(&[key]).as_str().unwrap_or_else(|| panic!("{}: {key} is no string", self.title))
    }
    /// A number.
    #[must_use]
    pub fn number(&self, path: &[&str]) -> f64 {
        self.get(path).as_f64().unwrap_or_else(|| panic!("{}: {path:?} is no number", self.title))
    }
    /// A flag.
    #[must_use]
    pub fn flag(&self, path: &[&str]) -> bool {
        self.get(path).as_bool().unwrap_or_else(|| panic!("{}: {path:?} is no flag", self.title))
    }
    /// A list of numbers.
    #[must_use]
    pub fn numbers(&self, path: &[&str]) -> Vec<f64> {
        numbers(self.get(path)).unwrap_or_else(|| panic!("{}: {path:?} is no list of numbers", self.title))
    }
    /// A list of lists of numbers.
    #[must_use]
    pub fn rows(&self, key: &str) -> Vec<Vec<f64>> {
        let rows = self.get(&[key]).as_array().and_then(|rows| rows.iter().map(numbers).collect());
        rows.unwrap_or_else(|| panic!("{}: {key} is no list of lists", self.title))
    }
    /// A list of sizes or ids.
    #[must_use]
    pub fn sizes(&self, key: &str) -> Vec<usize> {
        let sizes = self.get(&[key]).as_array().and_then(|s| s.iter().map(|n| n.as_u64().map(|n| n as usize)).collect());
        sizes.unwrap_or_else(|| panic!("{}: {key} is no list of sizes", self.title))
    }
    /// The keys of an object.
    #[must_use]
    pub fn keys(&self, path: &[&str]) -> Vec<&str> {
        let object = self.get(path).as_object().unwrap_or_else(|| panic!("{}: {path:?} is no object", self.title));
        object.keys().map(String::as_str).collect()
    }
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(Value::as_f64).collect()
}

/// Numbers of a case.
fn fill<T: Scalar>(case: &Case, path: &[&str], values: &mut [T]) {
    let numbers = case.numbers(path);
    assert_eq!(values.len(), numbers.len(), "{}: {path:?}", case.title);
    values.iter_mut().zip(numbers).for_each(|(value, number)| *value = T::from_f64(number));
}

/// Outputs in inference and in training, and every gradient of a layer are those of a case: `x`, `y`, `dy`, `dx`, and by the names of tensors
/// `params` and `dparams`. `variant` is a part of its name.
///
/// # Panics
/// If they are not.
pub fn run<T: Scalar, I: Real, O: Real, L: Layer<T, I, O> + Parameters<T>, const B: usize>(case: &Case, options: &L::Options) {
    let title = format!("{} ({})", case.title, case.text("variant"));
    let (mut layer, mut used) = (zeroed_box::<L>(), 0);
    L::walk([&mut *layer], &Place::ROOT, &mut |tensor, [values]| {
        // A layer without bias has one of no elements.
        if !values.is_empty() {
            fill(case, &["params", &tensor.to_string(), "values"], values);
            used += 1;
        }
    });
    assert_eq!(used, case.keys(&["params"]).len(), "{title}: parameters");

    let (mut x, mut y, mut scratch) = (zeroed_box::<[I::Array<T>; B]>(), zeroed_box::<[O::Array<T>; B]>(), zeroed_box());
    fill(case, &["x"], I::scalars_mut::<T>(&mut x[..]));
    layer.forward_batch::<B>(options, &x[..], &mut y[..], &mut scratch, &Serial);
    assert_close(&format!("{title}: y in inference"), O::scalars::<T>(&y[..]), &case.numbers(&["y"]));

    let (mut cache, mut gradient, training) = (zeroed_box(), zeroed_box::<L>(), Training::new(0, 0, &Serial));
    layer.forward_train::<B>(options, &x[..], &mut y[..], &mut cache, &mut scratch, &training);
    assert_close(&format!("{title}: y in training"), O::scalars::<T>(&y[..]), &case.numbers(&["y"]));
    let (mut dy, mut dx) = (zeroed_box::<[O::Array<T>; B]>(), zeroed_box::<[I::Array<T>; B]>());
    fill(case, &["dy"], O::scalars_mut::<T>(&mut dy[..]));
    let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
    layer.backward::<B>(options, pass, &mut cache, &mut gradient, &training);
    assert_close(&format!("{title}: dx"), I::scalars::<T>(&dx[..]), &case.numbers(&["dx"]));
    gradient.visit(&Place::ROOT, &mut |tensor, values| {
        if !values.is_empty() {
            let golden = case.numbers(&["dparams", &tensor.to_string()]);
            assert_close(&format!("{title}: gradient of {tensor}"), values, &golden);
        }
    });
}
