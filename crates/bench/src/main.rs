//! The benchmarks; `cargo xtask bench` builds and calls them.

fn main() -> std::process::ExitCode {
    hakurei_bench::main()
}
