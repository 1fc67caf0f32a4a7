//! Tells the program which sources it is made of, so that the tags of its answers change when it does.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

/// What answers are made by, from the folder of this crate.
const SOURCES: [&str; 6] = ["src", "assets", "templates", "../entity/src", "../migration/src", "../Cargo.lock"];

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for source in SOURCES {
        println!("cargo:rerun-if-changed={source}");
        let path = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join(source);
        for file in files(&path)? {
            file.strip_prefix(&path).unwrap_or(&file).hash(&mut hasher);
            fs::read(&file)?.hash(&mut hasher);
        }
    }
    println!("cargo:rustc-env=LECTERN_BUILD={:016x}", hasher.finish());
    Ok(())
}

/// The files below a path, in order; none where it is not there.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let Ok(folder) = fs::read_dir(path) else { return Ok(Vec::new()) };
    let mut entries = folder.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    let files = entries.iter().map(|entry| files(entry)).collect::<io::Result<Vec<_>>>()?;
    Ok(files.concat())
}
