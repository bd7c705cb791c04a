//! What becomes of pictures, and that threads change nothing.

use super::super::{Samples, Targets};
use super::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// One picture of these dimensions with values 1, 2, 3, ..
fn picture(dims: &[usize]) -> Samples {
    let size = dims.iter().product::<usize>();
    Samples::new((1..=size).map(|x| x as f32).collect(), dims.to_vec(), Targets::Numbers { values: vec![0.0], width: 1 }).unwrap()
}

fn steps(dims: &[usize], augment: Augment) -> Vec<Vec<f32>> {
    let pipeline = Pipeline::new(picture(dims), augment).unwrap();
    (0..200).map(|step| augmented(&pipeline, step, 0)).collect()
}

fn augmented<S: Source>(pipeline: &Pipeline<S>, step: u64, index: usize) -> Vec<f32> {
    let mut result = Vec::new();
    pipeline.augmented(step, index, &mut |x| result = x.to_vec());
    result
}

fn message(dims: &[usize], augment: Augment) -> String {
    Pipeline::new(picture(dims), augment).unwrap_err().to_string()
}

#[test]
fn flips_are_the_mirror_images_half_of_the_time() {
    let right = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0];
    let mirrored = [5.0, 6.0, 3.0, 4.0, 1.0, 2.0, 11.0, 12.0, 9.0, 10.0, 7.0, 8.0];
    let upside_down = [7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    for (augment, changed) in [(Augment::new().flip_horizontal(), mirrored), (Augment::new().flip_vertical(), upside_down)] {
        let all = steps(&[2, 3, 2], augment);
        let flipped = all.iter().filter(|x| **x == changed).count();
        assert!((70..130).contains(&flipped) && all.iter().filter(|x| **x == right).count() == 200 - flipped, "{flipped}");
    }
}

#[test]
fn crops_are_everywhere_and_outside_of_training_in_the_middle() {
    let crop = Augment::new().crop(2, 1);
    let mut all = steps(&[4, 3], crop.clone());
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    all.dedup();
    assert_eq!(all.len(), 9, "3 x 3 places");
    assert!(all.iter().all(|x| x[1] == x[0] + 3.0), "two pixels of one column: {all:?}");
    let pipeline = Pipeline::new(picture(&[4, 3]), crop).unwrap();
    pipeline.plain(0, &mut |x| assert_eq!(x, [5.0, 8.0]));
    assert_eq!(pipeline.dims(), [2, 1]);
}

#[test]
fn a_shift_moves_between_pixels_and_fills_as_told() {
    // One row: a shift by d shows the ramp at x - d wherever both neighbours are in the picture.
    for x in steps(&[1, 9], Augment::new().fill(Fill::Nearest).shift_by(0.0, 0.4)) {
        let shift = 5.0 - x[4];
        assert!(shift.abs() <= 3.6 + 1e-5);
        for (at, value) in x.iter().enumerate() {
            assert!((value - (at as f32 + 1.0 - shift).clamp(1.0, 9.0)).abs() < 1e-5, "{x:?}");
        }
    }
    let moved = |fill| steps(&[1, 9], Augment::new().fill(fill).shift_by(0.0, 1.0));
    assert!(moved(Fill::Constant(-7.0)).iter().any(|x| x[0] == -7.0 || x[8] == -7.0));
    assert!(moved(Fill::Reflect).iter().flatten().all(|value| (1.0..=9.0).contains(value)));
    let spread: Vec<f32> = moved(Fill::Nearest).iter().map(|x| x[4]).collect();
    assert!(spread.iter().any(|x| *x < 2.0) && spread.iter().any(|x| *x > 8.0), "both ways: {spread:?}");
}

#[test]
fn a_rotation_keeps_the_middle_and_turns_the_rest() {
    let all = steps(&[5, 5], Augment::new().rotate(180.0));
    for x in &all {
        assert!((x[12] - 13.0).abs() < 1e-4);
        // Within the circle the picture is linear, so a point and the one opposite have the mean of the middle.
        assert!((x[7] + x[17] - 26.0).abs() < 1e-4, "{x:?}");
    }
    assert!(all.iter().any(|x| (x[7] - 18.0).abs() < 1.0) && all.iter().any(|x| (x[7] - 12.0).abs() < 0.5), "upside down, and on its side");
    let by_hand = |angle: f64| {
        let mut work = Work::new(9);
        work.fill().copy_from_slice(&[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let mut frame = picture::Frame::new(picture::Picture { height: 3, width: 3, channels: 1 }, &mut work);
        frame.rotate(angle.to_radians(), Fill::Constant(0.0));
        frame.finish().iter().map(|x| x.round() as i32).collect::<Vec<_>>()
    };
    assert_eq!(by_hand(0.0), [0, 1, 0, 0, 0, 0, 0, 0, 0]);
    let quarter = by_hand(90.0);
    assert!(quarter[3] + quarter[5] == 1 && by_hand(-90.0)[3] == quarter[5] && by_hand(180.0)[7] == 1, "{quarter:?}");
}

#[test]
fn noise_is_normal_and_erasing_is_a_rectangle_of_the_share_asked_for() {
    let noise: Vec<f32> = steps(&[1, 100], Augment::new().noise(0.5))
        .iter()
        .flat_map(|x| x.iter().enumerate().map(|(at, x)| x - at as f32 - 1.0).collect::<Vec<_>>())
        .collect();
    let (n, mean) = (noise.len() as f32, noise.iter().sum::<f32>() / noise.len() as f32);
    let variance = noise.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / n;
    assert!(mean.abs() < 0.02 && (variance - 0.25).abs() < 0.01, "{mean} {variance}");
    let all = steps(&[20, 20], Augment::new().erase(0.5, 0.2));
    let mut whole = 0;
    for x in &all {
        let erased: Vec<usize> = (0..400).filter(|&at| x[at] == 0.0).collect();
        whole += usize::from(erased.is_empty());
        if let (Some(first), Some(last)) = (erased.first(), erased.last()) {
            let (rows, columns) = (last / 20 - first / 20 + 1, last % 20 - first % 20 + 1);
            assert_eq!(rows * columns, erased.len(), "a rectangle");
            assert!((4..=110).contains(&erased.len()), "{} of 400", erased.len());
        }
    }
    assert!((70..130).contains(&whole), "{whole}");
}

#[test]
fn options_out_of_range_are_refused() {
    for (augment, says) in [
        (Augment::new().shift(1.5), "shift is 1.5; expected 0 to 1"),
        (Augment::new().shift_by(f64::NAN, 0.0), "shift is NaN"),
        (Augment::new().rotate(-1.0), "rotate is -1; expected 0 to 180 degrees"),
        (Augment::new().noise(f64::INFINITY), "noise is inf"),
        (Augment::new().erase(1.1, 0.5), "the probability of erase is 1.1; expected 0 to 1"),
        (Augment::new().erase(1.0, 0.01), "the largest share of erase is 0.01; expected 0.02 to 1"),
        (Augment::new().crop(2, 0), "a crop of 2 x 0"),
        (Augment::new().crop(2, 2).crop(3, 2), "a crop of 3 x 2 from pictures of 2 x 2"),
        (Augment::new().fill(Fill::Constant(f32::NAN)), "a fill of NaN"),
    ] {
        let message = message(&[4, 4], augment);
        assert!(message.contains(says), "{message}");
    }
    assert!(message(&[4], Augment::new().noise(1.0)).contains("are no pictures"));
    assert_eq!(Pipeline::new(picture(&[4]), Augment::new()).unwrap().dims(), [4]);
}

/// A thousand numbers, each by its index; counts how often it is read.
struct Counted(AtomicUsize);

impl Source for Counted {
    fn len(&self) -> usize {
        1000
    }
    fn dims(&self) -> &[usize] {
        &[1, 2]
    }
    fn read(&self, index: usize, x: &mut [f32]) {
        self.0.fetch_add(1, Ordering::SeqCst);
        x.copy_from_slice(&[index as f32, -1.0]);
    }
}

#[test]
fn threads_change_no_bit_and_make_each_sample_once() {
    let augment = || Augment::new().noise(0.5).shift(0.5);
    let order: Vec<usize> = (0..1000).map(|i| (i * 7 + 3) % 1000).collect();
    let alone = Pipeline::new(Counted(AtomicUsize::new(0)), augment()).unwrap().threads(0).seed(5);
    let expected: Vec<Vec<f32>> = order.iter().enumerate().map(|(at, &index)| augmented(&alone, 40 + at as u64 / 8, index)).collect();
    let other_seed = Pipeline::new(Counted(AtomicUsize::new(0)), augment()).unwrap().seed(6);
    assert_ne!(augmented(&other_seed, 40, order[0]), expected[0]);
    for threads in [0, 1, 3] {
        let pipeline = Pipeline::new(Counted(AtomicUsize::new(0)), augment()).unwrap().threads(threads).seed(5);
        for epoch in 0..2 {
            pipeline.upcoming(40, 8, &order);
            for (at, &index) in order.iter().enumerate() {
                // Now and then training is slow, and the threads are ahead.
                if at % 100 == 50 {
                    std::thread::sleep(Duration::from_millis(1));
                }
                assert_eq!(augmented(&pipeline, 40 + at as u64 / 8, index), expected[at], "{threads} threads, {at}");
            }
            assert_eq!(pipeline.source().0.load(Ordering::SeqCst), 1000 * (epoch + 1));
        }
    }
}

/// Slow for some samples, so that training waits for one thread while another is far ahead.
struct Uneven;

impl Source for Uneven {
    fn len(&self) -> usize {
        200
    }
    fn dims(&self) -> &[usize] {
        &[1]
    }
    fn read(&self, index: usize, x: &mut [f32]) {
        if index.is_multiple_of(16) {
            std::thread::sleep(Duration::from_millis(5));
        }
        x[0] = index as f32;
    }
}

#[test]
fn a_sample_that_is_waited_for_is_not_overtaken() {
    let pipeline = Pipeline::new(Uneven, Augment::new()).unwrap().threads(3);
    let order: Vec<usize> = (0..200).collect();
    pipeline.upcoming(0, 2, &order);
    std::thread::sleep(Duration::from_millis(2));
    for &index in &order {
        assert_eq!(augmented(&pipeline, index as u64 / 2, index)[0], index as f32);
    }
    assert!(pipeline.waited() > Duration::ZERO);
}

#[test]
fn what_was_not_announced_is_made_on_the_spot() {
    let pipeline = Pipeline::new(Counted(AtomicUsize::new(0)), Augment::new()).unwrap();
    pipeline.upcoming(0, 4, &(0..100).collect::<Vec<_>>());
    assert_eq!(augmented(&pipeline, 0, 0)[0], 0.0);
    // Another step, another sample, and on in the order; then another order in the middle of the first.
    assert_eq!((augmented(&pipeline, 9, 1)[0], augmented(&pipeline, 0, 500)[0], augmented(&pipeline, 0, 1)[0]), (1.0, 500.0, 1.0));
    for start in [3, 200, 7] {
        let order: Vec<usize> = (start..start + 50).collect();
        pipeline.upcoming(7, 5, &order);
        for (at, &index) in order.iter().enumerate().take(20) {
            assert_eq!(augmented(&pipeline, 7 + at as u64 / 5, index)[0], index as f32);
        }
    }
    pipeline.plain(11, &mut |x| assert_eq!(x[0], 11.0));
}

/// Panics once, at sample 5.
struct Fragile(AtomicBool);

impl Source for Fragile {
    fn len(&self) -> usize {
        10
    }
    fn dims(&self) -> &[usize] {
        &[1]
    }
    fn read(&self, index: usize, x: &mut [f32]) {
        assert!(index != 5 || self.0.swap(true, Ordering::SeqCst), "the source fails");
        x[0] = index as f32;
    }
}

#[test]
fn a_thread_that_panics_stops_nobody() {
    let pipeline = Pipeline::new(Fragile(AtomicBool::new(false)), Augment::new()).unwrap();
    pipeline.upcoming(0, 10, &(0..10).collect::<Vec<_>>());
    // The thread reads all ten before they are asked for.
    std::thread::sleep(Duration::from_millis(50));
    for index in 0..10 {
        let sample = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| augmented(&pipeline, 0, index)));
        assert!(index == 5 || sample.unwrap() == [index as f32]);
    }
}

#[test]
fn a_file_is_read_sample_by_sample() {
    let folder = std::env::temp_dir().join(format!("nn-npy-file-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("x.npy");
    let write = |descr: &str, fortran: &str, shape: &str, data: &[u8]| {
        let header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}}}\n");
        let bytes = [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), data].concat();
        std::fs::write(&path, bytes).unwrap();
    };
    let targets = |len: usize| Targets::Numbers { values: (0..len).map(|i| i as f32).collect(), width: 1 };
    let open = |len| NpyFile::open(&path, targets(len));
    write(">i2", "False", "(3, 2)", &[0, 1, 0, 2, 0, 3, 0, 4, 255, 255, 0, 6]);
    let file = open(3).unwrap();
    let mut x = [0.0; 2];
    file.read(2, &mut x);
    assert_eq!((x, file.len(), file.dims()), ([-1.0, 6.0], 3, &[2][..]));
    file.target(1, &mut x[..1]);
    assert_eq!(x[0], 1.0);
    // Cut while it is open: the sample is NaN, and the error is kept.
    std::fs::File::options().write(true).open(&path).unwrap().set_len(70).unwrap();
    file.read(2, &mut x);
    assert!(x[0].is_nan() && file.error().is_some());
    assert!(matches!(open(3), Err(DataError::Truncated { .. })));
    write("|u1", "False", "(3,)", &[1, 2, 3, 4]);
    assert!(matches!(open(3), Err(DataError::TrailingBytes { .. })));
    write("|u1", "False", "(3,)", &[1, 2, 3]);
    assert!(matches!(open(2), Err(DataError::CountMismatch { .. })));
    write("|u1", "True", "(3, 1)", &[1, 2, 3]);
    assert!(open(3).unwrap_err().to_string().contains("Fortran"));
    write("<f8", "False", "(18446744073709551615, 3)", &[]);
    assert!(matches!(open(0), Err(DataError::Truncated { .. })));
    write("<f8", "False", "(0, 3)", &[]);
    assert!(matches!(open(0), Err(DataError::Empty { .. })));
    std::fs::remove_dir_all(folder).unwrap();
}
