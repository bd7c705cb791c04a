//! A program that does nothing but print: see `footprint`.

fn main() {
    println!("{}", std::env::args().count() as f32);
    print!("{}", std::fs::read_to_string("/proc/self/status").unwrap_or_default());
}
