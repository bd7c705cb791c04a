//! The arguments of `fit`.

use super::{Net, samples, trainer};
use nn::prelude::*;
use nn::train::{Dataset, Mismatch};
use nn_tests::readers::bits_of;
use std::sync::Mutex;

/// A data set that writes down which samples were read.
struct Watched<'a> {
    data: (&'a [super::NetInput], &'a [super::NetOutput]),
    read: Mutex<Vec<usize>>,
}

impl Dataset<f32, nn::shape::Flat<3>, super::NetOutput> for Watched<'_> {
    fn len(&self) -> usize {
        self.data.0.len()
    }
    fn input(&self, index: usize, x: &mut super::NetInput) {
        self.read.lock().expect("free").push(index);
        x.copy_from(&self.data.0[index]);
    }
    fn target(&self, index: usize, y: &mut super::NetOutput) {
        *y = self.data.1[index];
    }
    fn check(&self) -> Result<(), Mismatch> {
        Ok(())
    }
}

/// The samples that training read, without those of the check before it.
fn order(trainer: &mut Trainer<'_, Net, 4, Adam, MeanSquaredError>) -> Vec<usize> {
    let (x, y) = samples(10);
    let data = Watched { data: (&x[..], &y[..]), read: Mutex::default() };
    trainer.fit(&mut Net::new(1), &data).expect("trained");
    data.read.into_inner().expect("free").split_off(10)
}

#[test]
fn each_pass_has_its_own_order_and_epochs_of_any_length_go_through_it() {
    let pass = |pass| nn::data::permutation(10, 5, pass);
    assert_eq!(order(&mut trainer().seed(5).epochs(2)), [pass(0), pass(1)].concat());
    assert_eq!(order(&mut trainer().seed(5).epochs(2).initial_epoch(1)), pass(1));
    // Five epochs of two batches: three passes of three batches, and one more batch.
    let expected = [pass(0), pass(1), pass(2), pass(3)[..4].to_vec()].concat();
    assert_eq!(order(&mut trainer().seed(5).epochs(5).steps_per_epoch(2)), expected);
    // Epochs longer than a pass.
    assert_eq!(order(&mut trainer().seed(5).steps_per_epoch(6)), [pass(0), pass(1)].concat());
    assert_eq!(order(&mut trainer().shuffle(false).epochs(2)), [(0..10).collect::<Vec<_>>(), (0..10).collect()].concat());
    // A second run goes on with new orders.
    let mut trainer = trainer().seed(5);
    assert_eq!(order(&mut trainer), pass(0));
    assert_eq!(order(&mut trainer), pass(1));
}

#[test]
fn a_run_in_two_parts_is_the_run_in_one() {
    let (x, y) = samples(10);
    let data = (&x[..], &y[..]);
    let (mut whole, mut parts) = (Net::new(1), Net::new(1));
    let history = trainer().epochs(5).fit(&mut whole, &data).expect("trained");
    let mut trainer = trainer().epochs(2);
    trainer.fit(&mut parts, &data).expect("trained");
    let mut trainer = trainer.epochs(5).initial_epoch(2);
    let second = trainer.fit(&mut parts, &data).expect("trained");
    assert!(bits_of(&*whole) == bits_of(&*parts));
    assert_eq!((second.epoch(), second.get("loss")), (&[2, 3, 4][..], &history.get("loss")[2..]));
}

#[test]
fn validation_may_be_rare() {
    let (x, y) = samples(10);
    let data = (&x[..], &y[..]);
    let every = trainer().epochs(7).validation(&data).fit(&mut Net::new(1), &data).expect("trained");
    let mut seen = Vec::new();
    let mut rare = trainer().epochs(7).validation(&data).validation_freq(3).callback(LambdaCallback::new().on_epoch_end(|run| {
        seen.push((run.validates(), run.log("val_loss").is_some()));
    }));
    let history = rare.fit(&mut Net::new(1), &data).expect("trained");
    drop(rare);
    assert_eq!(history.get("val_loss"), [every.get("val_loss")[2], every.get("val_loss")[5]]);
    assert_eq!(history.get("loss"), every.get("loss"), "validation moves nothing");
    assert_eq!(seen, [0, 0, 1, 0, 0, 1, 0].map(|x| (x == 1, x == 1)));
    // Patience counts the epochs that are validated.
    let mut early = EarlyStopping::new("val_loss").mode(Mode::Max).patience(1);
    let mut stopped = trainer().epochs(30).validation(&data).validation_freq(3).callback(&mut early);
    assert_eq!(stopped.fit(&mut Net::new(1), &data).expect("trained").epochs(), 6);
}

#[test]
fn lengths_of_nothing_are_refused() {
    let (x, y) = samples(10);
    let refused = |mut trainer: Trainer<'_, Net, 4, Adam, MeanSquaredError>| {
        trainer.fit(&mut Net::new(1), &(&x[..], &y[..])).unwrap_err().to_string()
    };
    assert_eq!(refused(trainer().steps_per_epoch(0)), "`steps_per_epoch` is 0; expected at least 1");
    assert_eq!(refused(trainer().validation_freq(0)), "`validation_freq` is 0; expected at least 1");
    let history = trainer().epochs(3).initial_epoch(3).fit(&mut Net::new(1), &(&x[..], &y[..])).expect("nothing to do");
    assert_eq!(history.epochs(), 0);
}
