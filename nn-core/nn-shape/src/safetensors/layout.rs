//! The tensors of a file, looked at together.

use super::{Header, HeaderError, Stored};

impl<'a> Header<'a> {
    /// Checks that every tensor is as long as its shape says, that together they are the data, each byte once, and that no name
    /// occurs twice. Tells `report` what is wrong, all of it; leaves `tensors`, which are all of the file's, in the order of
    /// their names.
    pub fn layout(&self, tensors: &mut [Stored<'a>], report: &mut dyn FnMut(HeaderError)) {
        let mut each_fits = true;
        for tensor in &*tensors {
            if let Err(error) = fits(tensor) {
                each_fits = false;
                report(error);
            }
        }
        // A wrong size would only be repeated as a hole or an overlap.
        if each_fits {
            self.cover(tensors, report);
        }
        tensors.sort_unstable_by(|a, b| a.name.compare(&b.name));
        for (a, b) in tensors.iter().zip(tensors.iter().skip(1)) {
            if a.name.compare(&b.name).is_eq() {
                report(HeaderError::Duplicate { name: b.name.label() });
            }
        }
    }

    /// Each byte of the data belongs to one tensor.
    fn cover(&self, tensors: &mut [Stored<'a>], report: &mut dyn FnMut(HeaderError)) {
        tensors.sort_unstable_by_key(|tensor| (tensor.begin, tensor.end));
        let mut free = 0;
        for Stored { name, begin, end, .. } in &*tensors {
            let (name, begin) = (name.label(), *begin);
            match begin.cmp(&free) {
                core::cmp::Ordering::Less => report(HeaderError::Overlap { name, begin, free }),
                core::cmp::Ordering::Greater => report(HeaderError::Hole { name, begin, free }),
                core::cmp::Ordering::Equal => {}
            }
            free = free.max(*end);
        }
        let (announced, present) = (free, self.data().len() as u64);
        match announced.cmp(&present) {
            core::cmp::Ordering::Greater => report(HeaderError::Cut { announced, present }),
            core::cmp::Ordering::Less => report(HeaderError::GoesOn { announced, present }),
            core::cmp::Ordering::Equal => {}
        }
    }

    /// The bytes of a tensor; `None` if the file has no such place.
    #[must_use]
    pub fn bytes(&self, tensor: &Stored<'_>) -> Option<&'a [u8]> {
        self.data().get(usize::try_from(tensor.begin).ok()?..usize::try_from(tensor.end).ok()?)
    }
}

/// A tensor's place is as long as its shape and type say.
fn fits(tensor: &Stored<'_>) -> Result<(), HeaderError> {
    let &Stored { begin, end, .. } = tensor;
    let Some(has) = end.checked_sub(begin) else {
        return Err(HeaderError::Reversed { name: tensor.name.label(), begin, end });
    };
    let needs = tensor.shape.elements().and_then(|elements| elements.checked_mul(tensor.dtype.size()));
    let Some(needs) = needs else { return Err(HeaderError::SizeWraps { name: tensor.name.label() }) };
    if needs == has { Ok(()) } else { Err(HeaderError::Length { name: tensor.name.label(), needs, has }) }
}
