//! The storeys that ARCHITECTURE.md lists, held against the sources: no file of `api/src` imports what stands above it,
//! and files import each other in a circle in `resource` alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module's path below the crate: `resource::talk`. The crate's root is the empty one.
type Module = Vec<String>;

/// The files of `api/src` by their modules, but for tests.
struct Sources {
    files: BTreeMap<Module, PathBuf>,
    /// Which module imports which: once each, for whatever it imports from there.
    imports: BTreeMap<Module, BTreeSet<Module>>,
}

impl Sources {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("api/src");
        let mut files = BTreeMap::new();
        collect(&root, &mut Vec::new(), &mut files);
        let mut sources = Self { files, imports: BTreeMap::new() };
        for (module, file) in &sources.files {
            let text = fs::read_to_string(file).expect("a source");
            let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let mut paths = Vec::new();
            paths_in(tokens, &mut paths);
            let imported = paths.iter().filter_map(|path| sources.target(module, path)).filter(|to| to != module);
            let imported = imported.collect();
            sources.imports.insert(module.clone(), imported);
        }
        sources
    }

    /// The module whose file has what a path in `module` leads to; none for a path out of the crate.
    fn target(&self, module: &Module, path: &[String]) -> Option<Module> {
        let mut absolute: Module = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "super" => module[..module.len().saturating_sub(1)].to_vec(),
            "self" => module.clone(),
            child => {
                let child = [module.as_slice(), &[child.to_owned()]].concat();
                return self.files.contains_key(&child).then(|| self.target(module, &own(path))).flatten();
            }
        };
        for segment in &path[1..] {
            match segment.as_str() {
                "super" => drop(absolute.pop()),
                segment => absolute.push(segment.to_owned()),
            }
        }
        while !self.files.contains_key(&absolute) {
            absolute.pop()?;
        }
        Some(absolute)
    }

    fn file(&self, module: &Module) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        self.files[module].strip_prefix(root).expect("a file of the repository").display().to_string()
    }
}

/// A path that begins at a child, as one that begins at `self`.
fn own(path: &[String]) -> Vec<String> {
    [&["self".to_owned()], path].concat()
}

/// The files of a folder, but for tests and `lib.rs`.
fn collect(folder: &Path, module: &mut Module, files: &mut BTreeMap<Module, PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_str().expect("UTF-8").to_owned();
        if name == "tests" || name == "lib" {
            continue;
        }
        module.push(name);
        if path.is_dir() {
            collect(&path, module, files);
        } else {
            files.insert(module.clone(), path);
        }
        module.pop();
    }
}

/// Every path that begins at `crate`, `super` or `self`, and every path of a `use`; tests are left out.
fn paths_in(tokens: TokenStream, paths: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut index = 0;
    while index < tokens.len() {
        match &tokens[index] {
            TokenTree::Group(attribute) if is_for_tests(attribute.stream()) => {
                index += length_of_item(&tokens[index..])
            }
            TokenTree::Ident(word) if *word == "use" => {
                index += 1 + path_at(&tokens[index + 1..], Vec::new(), paths);
            }
            TokenTree::Ident(word) if ["crate", "super", "self"].iter().any(|start| word == start) => {
                index += path_at(&tokens[index..], Vec::new(), paths).max(1);
            }
            TokenTree::Group(group) => {
                paths_in(group.stream(), paths);
                index += 1;
            }
            _ => index += 1,
        }
    }
}

/// Whether the inside of an attribute is `cfg(test)`.
fn is_for_tests(attribute: TokenStream) -> bool {
    attribute.to_string().replace(' ', "") == "cfg(test)"
}

/// How many tokens an item has, from its attribute to its body or semicolon.
fn length_of_item(tokens: &[TokenTree]) -> usize {
    let is_last = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    tokens.iter().position(is_last).map_or(tokens.len(), |last| last + 1)
}

/// Reads the paths that begin here, one for each leaf of a tree in braces; answers how many tokens they have. A single
/// word is a path only in a tree.
fn path_at(tokens: &[TokenTree], mut path: Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    let is_colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    let mut index = 0;
    loop {
        match tokens.get(index) {
            Some(TokenTree::Ident(segment)) => {
                path.push(segment.to_string());
                index += 1;
            }
            Some(TokenTree::Group(tree)) if tree.delimiter() == Delimiter::Brace && !path.is_empty() => {
                let leaves: Vec<TokenTree> = tree.stream().into_iter().collect();
                let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
                for leaf in leaves.split(comma) {
                    path_at(leaf, path.clone(), paths);
                }
                return index + 1;
            }
            _ => break,
        }
        if !(is_colon(index) && is_colon(index + 1)) {
            break;
        }
        index += 2;
    }
    if path.len() > 1 {
        paths.push(path);
    }
    index
}

/// The names of the storeys, from the roof to the ground.
fn storeys() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let architecture = fs::read_to_string(file).expect("ARCHITECTURE.md");
    let (_, after) = architecture.split_once("The storeys of `api/src`").expect("a list of storeys");
    let list = after.split("```").nth(1).expect("the list in a block");
    list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_room_has_its_storey() {
    let sources = Sources::read();
    let rooms: BTreeSet<&String> = sources.files.keys().map(|module| &module[0]).collect();
    let storeys = storeys();
    assert_eq!(rooms, storeys.iter().collect(), "ARCHITECTURE.md lists other storeys than api/src has");
}

#[test]
fn no_storey_imports_a_higher_one() {
    let (sources, storeys) = (Sources::read(), storeys());
    let storey = |module: &Module| storeys.iter().position(|name| *name == module[0]).expect("a storey");
    let mut wrong = Vec::new();
    for (module, imports) in &sources.imports {
        for import in imports.iter().filter(|import| storey(import) < storey(module)) {
            let (from, to) = (sources.file(module), sources.file(import));
            wrong.push(format!("{from} imports {to}, but {} stands above {}", import[0], module[0]));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A module and those within it are one: what is declared in a file may be used by its parts, and the other way round.
#[test]
fn only_resources_import_each_other_in_circles() {
    let sources = Sources::read();
    let is_within = |a: &Module, b: &Module| a.starts_with(b) || b.starts_with(a);
    let mut reach: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
    for start in sources.imports.keys() {
        let (mut found, mut next) = (BTreeSet::new(), vec![start]);
        while let Some(module) = next.pop() {
            let imports = sources.imports[module].iter().filter(|import| !is_within(import, module));
            next.extend(imports.filter(|import| found.insert(*import)));
        }
        reach.insert(start, found);
    }
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (module, reached) in reach.iter().filter(|(module, reached)| reached.contains(*module)) {
        let circle: Vec<&&Module> = reached.iter().filter(|other| reach[**other].contains(module)).collect();
        if !circle.iter().all(|module| module[0] == "resource") {
            circles.insert(circle.iter().map(|module| sources.file(module)).collect());
        }
    }
    let list: Vec<String> = circles.iter().map(|circle| circle.join(", ")).collect();
    assert!(circles.is_empty(), "files that import each other in a circle:\n{}", list.join("\n"));
}
