//! What an embedded network costs a program: the time from the start of the process to its end with one answer given, memory and size.
//!
//! cargo build --release -p nn-benches --examples
//! cargo run --release -p nn-benches --example footprint
//!
//! It starts the programs `embedded` and `nothing`, which ends at once, again and again. Sizes are those after `strip`.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The numbers of the network, which are in the program whatever else is.
const WEIGHTS: u64 = nn_benches::Mnist::PARAM_BYTES as u64;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::current_exe()?;
    let folder = folder.parent().ok_or("the program has no folder")?;
    for (what, weights) in [("nothing", 0), ("embedded", WEIGHTS)] {
        measure(&folder.join(what), what)?;
        match stripped(&folder.join(what)) {
            Ok(bytes) => println!("{what}: {bytes} bytes stripped, {} of them not weights", bytes - weights),
            Err(why) => println!("{what}: not stripped: {why}"),
        }
    }
    Ok(())
}

fn measure(program: &Path, what: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut times = Vec::new();
    let mut said = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        said = Command::new(program).output()?.stdout;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    println!("{what}: {:.2} ms from start to end, median of {} (best {:.2})", times[100], times.len(), times[0]);
    let said = String::from_utf8_lossy(&said);
    if let Some(memory) = said.lines().find(|line| line.starts_with("VmHWM")) {
        println!("{what}: at most {} of memory", memory.trim_start_matches("VmHWM:").trim());
    }
    Ok(())
}

/// The size of a program without its symbols.
fn stripped(program: &Path) -> Result<u64, Box<dyn std::error::Error>> {
    let copy = program.with_extension("stripped");
    let status = Command::new("strip").arg("-o").arg(&copy).arg(program).status()?;
    if !status.success() {
        return Err("`strip` failed".into());
    }
    let bytes = std::fs::metadata(&copy)?.len();
    std::fs::remove_file(copy)?;
    Ok(bytes)
}
