//! `ps` in bare system calls: a whole process that the command's can be held against.

fn main() -> std::process::ExitCode {
    hakurei_bench::floor_ps()
}
