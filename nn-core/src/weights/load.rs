//! Reading weights into a network: everything is checked before the first number is written.

use super::error::{LoadError, Problem};
use super::names::{Source, pytorch};
use super::self_test::Text;
use super::values::{Rounding, copy, inspect, is_float, native};
use crate::memory::zeroed_box;
use crate::network::Network;
use crate::parameters::{Place, TensorDims};
use crate::scalar::Scalar;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;
use nn_shape::near::{close, distance};
use nn_shape::safetensors::{Header, HeaderError, Label, Meta, Stored};

/// Reads the bytes of a safetensors file into a network. Strict: every tensor of the network must be there with its shape and
/// type, and nothing else; every number must be finite; a checksum and a self-test that are there must hold. What is looser must
/// be asked for.
#[derive(Default)]
pub struct Loader<'a> {
    convert: bool,
    allow_non_finite: bool,
    skip_self_test: bool,
    names: Option<Box<Names<'a>>>,
    ignore: Option<Box<Ignore<'a>>>,
}

/// Says where a tensor of the network is in the file.
type Names<'a> = dyn Fn(&str) -> Source + 'a;
/// Whether a tensor of the file may be left aside.
type Ignore<'a> = dyn Fn(&str) -> bool + 'a;

/// What was loaded.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Loaded {
    /// The number that a conversion changed most, if one changed any.
    pub worst_rounding: Option<Rounding>,
    /// Whether the file had a checksum: those of other programs have none.
    pub checksum: bool,
    /// Whether the file had a self-test, and it was run.
    pub self_test: bool,
    /// The file's metadata beyond what this library writes, in its order.
    pub metadata: Vec<(String, String)>,
}

impl core::fmt::Debug for Loader<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { convert, allow_non_finite, .. } = self;
        f.debug_struct("Loader").field("convert", convert).field("allow_non_finite", allow_non_finite).finish_non_exhaustive()
    }
}

impl<'a> Loader<'a> {
    /// The strict one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes numbers of type F64, F32, F16 and BF16 whatever the network's type, rounded to the nearest; says which one changed
    /// most. A file that is converted does not run its self-test.
    #[must_use]
    pub fn convert(self) -> Self {
        Self { convert: true, ..self }
    }

    /// Takes infinite numbers and NaN.
    #[must_use]
    pub fn allow_non_finite(self) -> Self {
        Self { allow_non_finite: true, ..self }
    }

    /// Does not run the file's self-test.
    #[must_use]
    pub fn skip_self_test(self) -> Self {
        Self { skip_self_test: true, ..self }
    }

    /// For files of other programs: `names` is called with the name of each tensor of the network and says where it is.
    #[must_use]
    pub fn names(self, names: impl Fn(&str) -> Source + 'a) -> Self {
        Self { names: Some(Box::new(names)), ..self }
    }

    /// For files of other programs: tensors that are not the network's are no error if `ignore` says so.
    #[must_use]
    pub fn ignore(self, ignore: impl Fn(&str) -> bool + 'a) -> Self {
        Self { ignore: Some(Box::new(ignore)), ..self }
    }

    /// For the `state_dict` of a PyTorch module: its names and layouts for dense layers, embeddings, batch normalisation and
    /// PReLU, and no `num_batches_tracked`. `modules` are pairs of a layer's name here and the module's there, for those that
    /// differ: `&[("hidden", "fc1"), ("logits", "fc2")]`.
    #[must_use]
    pub fn pytorch(self, modules: &'a [(&'a str, &'a str)]) -> Self {
        self.names(move |name| pytorch(name, modules)).ignore(|name| name.ends_with("num_batches_tracked"))
    }

    /// Reads a whole file into a network. Of a checkpoint of a training run, these are the weights.
    ///
    /// # Errors
    /// Everything that is wrong, in one error; the network is bit for bit as before.
    pub fn load<N: Network>(&self, net: &mut N, file: &[u8]) -> Result<Loaded, LoadError> {
        let mut errors = LoadError::new(N::NAME);
        let opened = open(file, &mut errors);
        let Some((header, mut tensors, meta)) = opened else { return Err(errors) };
        let mut check = Check { parts: meta.checkpoint.is_some(), ..Check::new(self, &header, &mut errors) };
        net.visit(&Place::ROOT, &mut |tensor, _| check.tensor::<N::Scalar>(&tensor.to_string(), &tensor.dims, &mut tensors));
        check.leftovers(&tensors);
        let Check { worst, converts, .. } = check;
        if !errors.is_empty() {
            errors.saved_from = meta.network.filter(|name| !name.is(N::NAME)).map(|name| name.label().to_string());
            return Err(errors);
        }
        let test = meta.self_test.filter(|_| !self.skip_self_test && !converts);
        if let Some(test) = test {
            // The self-test needs the weights in place, and `net` must not change before it has passed.
            let mut copy = zeroed_box::<N>();
            self.fill("", &mut *copy, &header, &tensors);
            let test = Text { input: test.input, output: test.output, tolerance: test.tolerance };
            if let Err(error) = test.verify(&*copy) {
                errors.add(Problem::SelfTest(error));
                return Err(errors);
            }
            crate::memory::copy(&*copy, net);
        } else {
            self.fill("", net, &header, &tensors);
        }
        let own = header.metadata().filter(|(key, _)| !key.chars().take(3).eq("nn.".chars()));
        let metadata = own.map(|(key, value)| (text(key), text(value))).collect();
        Ok(Loaded { worst_rounding: worst, checksum: meta.checksum.is_some(), self_test: test.is_some(), metadata })
    }

    fn source(&self, name: &str) -> Option<Source> {
        self.names.as_ref().map(|names| names(name))
    }

    /// Writes every tensor. The file has been checked: nothing here fails.
    pub(super) fn fill<N: Network>(&self, prefix: &str, net: &mut N, header: &Header<'_>, tensors: &[Stored<'_>]) {
        let mut name = String::new();
        N::walk([net], &Place::ROOT, &mut |tensor, [values]| {
            if values.is_empty() {
                return;
            }
            name.clear();
            let _ = write!(name, "{prefix}{tensor}");
            let source = self.source(&name);
            let (looked_for, axes) = source.as_ref().map_or((&*name, &[][..]), |source| (&source.name, source.axes));
            let Some(stored) = find(tensors, looked_for).map(|at| &tensors[at]) else { return };
            let Some(bytes) = header.bytes(stored) else { return };
            // Two axes may be swapped in general, where the tensor has but one.
            let axes = if axes.len() == tensor.dims.sizes().len() { axes } else { &[] };
            copy(stored.dtype, bytes, values, tensor.dims.sizes(), axes);
        });
    }
}

/// The tensors of a file that is whole and undamaged, in the order of their names.
pub(super) fn open<'f>(file: &'f [u8], errors: &mut LoadError) -> Option<(Header<'f>, Vec<Stored<'f>>, Meta<'f>)> {
    let header = Header::read(file).map_err(|error| errors.add(Problem::File(error))).ok()?;
    let mut tensors = Vec::with_capacity(header.len());
    tensors.extend(header.tensors());
    header.layout(&mut tensors, &mut |error| errors.add(Problem::File(error)));
    let meta = header.meta(file).map_err(|error| errors.add(Problem::File(error))).ok()?;
    if let (true, Some((stored, digits))) = (errors.is_empty(), &meta.checksum) {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&file[..digits.start]);
        hasher.update(b"00000000");
        hasher.update(&file[digits.end..]);
        let (stored, computed) = (*stored, hasher.finalize());
        if stored != computed {
            errors.add(Problem::File(HeaderError::Checksum { stored, computed }));
        }
    }
    errors.is_empty().then_some((header, tensors, meta))
}

/// A text of a file, in exactly as much memory as it is long there.
pub(super) fn text(text: nn_shape::safetensors::Text<'_>) -> String {
    let mut string = String::with_capacity(text.written());
    string.extend(text.chars());
    string
}

fn find(tensors: &[Stored<'_>], name: &str) -> Option<usize> {
    tensors.binary_search_by(|stored| stored.name.order(name)).ok()
}

/// The comparison of a file with a network.
pub(super) struct Check<'c, 'f> {
    loader: &'c Loader<'c>,
    header: &'c Header<'f>,
    errors: &'c mut LoadError,
    worst: Option<Rounding>,
    converts: bool,
    missing: Vec<(String, Option<Source>, TensorDims)>,
    /// Whether only the weights of a checkpoint are asked for: its other parts have a `/` in their names.
    parts: bool,
}

impl<'c, 'f> Check<'c, 'f> {
    pub fn new(loader: &'c Loader<'c>, header: &'c Header<'f>, errors: &'c mut LoadError) -> Self {
        Self { loader, header, errors, worst: None, converts: false, missing: Vec::new(), parts: false }
    }

    /// One tensor of the network.
    pub fn tensor<T: Scalar>(&mut self, name: &str, dims: &TensorDims, tensors: &mut [Stored<'_>]) {
        let source = self.loader.source(name);
        let looked_for = source.as_ref().map_or(name, |source| &source.name);
        let Some(stored) = find(tensors, looked_for).map(|at| &mut tensors[at]) else {
            // A tensor without elements need not be there.
            if dims.elements() > 0 {
                self.missing.push((name.to_string(), source, *dims));
            }
            return;
        };
        stored.used = true;
        let axes = source.as_ref().map_or(&[][..], |source| source.axes);
        let Some(expected) = permuted(dims.sizes(), axes) else {
            self.errors.add(Problem::Axes { tensor: name.to_string(), axes, shape: dims.sizes().to_vec() });
            return;
        };
        let mut fits = true;
        if !stored.shape.are(&expected) {
            fits = false;
            self.errors.add(Problem::Shape { tensor: name.to_string(), file: sizes(stored), expected });
        }
        if stored.dtype != native::<T>() && !(self.loader.convert && is_float(stored.dtype)) {
            fits = false;
            self.errors.add(Problem::Dtype { tensor: name.to_string(), file: stored.dtype, network: native::<T>() });
        }
        if let (true, Some(bytes)) = (is_float(stored.dtype), self.header.bytes(stored)) {
            self.converts |= fits && stored.dtype != native::<T>();
            let found = inspect::<T>(name, stored.dtype, bytes, self.loader.allow_non_finite, &mut self.worst);
            found.into_iter().for_each(|problem| self.errors.add(problem));
        }
    }

    /// What the network lacks in the file, and what the file has that nobody asked for.
    pub fn leftovers(&mut self, tensors: &[Stored<'_>]) {
        /// Names are compared with so many others.
        const CANDIDATES: usize = 256;
        let ignored = |stored: &Stored<'_>| {
            if self.parts && stored.name.chars().any(|char| char == '/') {
                return true;
            }
            let ignore = self.loader.ignore.as_ref();
            ignore.is_some_and(|ignore| stored.name.raw().map_or_else(|| ignore(&stored.name.chars().collect::<String>()), ignore))
        };
        let extra = || tensors.iter().filter(|stored| !stored.used && !ignored(stored));
        let missing = core::mem::take(&mut self.missing);
        for (i, (tensor, source, dims)) in missing.into_iter().enumerate() {
            let name: &str = source.as_ref().map_or(&tensor, |source| &source.name);
            let candidates = extra().filter_map(|stored| stored.name.raw()).take(if i < LoadError::SHOWN { CANDIDATES } else { 0 });
            let near = candidates.filter_map(|other| Some((distance(name, other)?, other))).min_by_key(|near| near.0);
            let near = near.filter(|near| close(near.0, name)).map(|near| Label::new(near.1.chars()));
            let looked_for = source.as_ref().filter(|source| source.name != *tensor).map(|source| Label::new(source.name.chars()));
            let shape = dims.sizes().to_vec();
            self.errors.add(Problem::Missing { tensor, looked_for, shape, near });
        }
        for stored in extra() {
            let (tensor, shape) = (stored.name.label(), sizes(stored));
            self.errors.add(Problem::Extra { tensor, shape });
        }
    }
}

/// The sizes of a tensor in a file, as many as a message needs.
fn sizes(stored: &Stored<'_>) -> Vec<u64> {
    stored.shape.iter().take(8).collect()
}

/// What the sizes of a tensor are in a file where its axis `i` is axis `axes[i]`; `None` if that is no order of them.
fn permuted(sizes: &[usize], axes: &[usize]) -> Option<Vec<usize>> {
    // `transposed` may be said of every tensor: one of a single axis is its own transpose.
    if axes.is_empty() || sizes.len() < 2 {
        return Some(sizes.to_vec());
    }
    let mut out = alloc::vec![usize::MAX; sizes.len()];
    for (&axis, &size) in axes.iter().zip(sizes) {
        let place = out.get_mut(axis).filter(|place| **place == usize::MAX)?;
        *place = size;
    }
    (axes.len() == sizes.len()).then_some(out)
}
