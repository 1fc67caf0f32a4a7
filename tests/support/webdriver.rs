//! A browser for the tests: the little of W3C WebDriver that they need, spoken to a `chromedriver` of their own.
//!
//! Chromium runs headless, with a fresh profile. Nothing of it outlives the test, however that ends (see [`GUARD`]).

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use awc::http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The key under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long is waited for what the page does on its own.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs the driver until stdin is closed, then kills its process group, which is that of Chromium too. The end of
/// a killed test process closes stdin as well.
const GUARD: &str = r#""$0" --port=0 & cat >/dev/null; kill -KILL 0"#;

pub struct Browser {
    guard: Child,
    /// Reads the driver's output to its end: a full pipe would stop the driver.
    output: Option<JoinHandle<()>>,
    profile: TempDir,
    client: awc::Client,
    /// The session's URL, or before there is one, the driver's.
    url: String,
}

impl Browser {
    /// Starts a browser.
    pub async fn start() -> Self {
        let (chromium, driver) = (find("chromium"), find("driver"));
        let profile = tempfile::tempdir().unwrap();
        let mut guard = Command::new("sh")
            .args([OsStr::new("-c"), OsStr::new(GUARD), OsStr::new(&driver)])
            // So that sockets and the like are removed together with the profile.
            .env("TMPDIR", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();

        let (sender, port) = mpsc::channel();
        let stdout = BufReader::new(guard.stdout.take().unwrap());
        let output = thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if let Some((_, port)) = line.split_once("started successfully on port ") {
                    let _ = sender.send(port.trim_end_matches('.').to_owned());
                }
            }
        });

        // From here on a panic ends the driver too.
        let mut browser = Self {
            guard,
            output: Some(output),
            profile,
            client: awc::Client::builder().timeout(Duration::from_secs(60)).finish(),
            url: String::new(),
        };
        let port = port.recv_timeout(PATIENCE).expect("chromedriver says its port");
        browser.url = format!("http://127.0.0.1:{port}");

        let profile = format!("--user-data-dir={}", browser.profile.path().join("profile").display());
        let session = browser
            .post(
                "/session",
                json!({ "capabilities": { "alwaysMatch": {
                    "browserName": "chrome",
                    "goog:loggingPrefs": { "browser": "ALL" },
                    "goog:chromeOptions": {
                        "binary": chromium,
                        "args": [
                            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                            "--disable-quic", "--no-first-run", "--disable-background-networking",
                            "--disable-component-update", "--disable-sync", "--window-size=1280,900", profile,
                        ],
                    },
                } } }),
            )
            .await;
        browser.url = format!("{}/session/{}", browser.url, session["sessionId"].as_str().unwrap());
        browser
    }

    /// Opens a page and waits until it has loaded.
    pub async fn goto(&self, url: &str) {
        self.post("/url", json!({ "url": url })).await;
    }

    /// The id of the first element that the selector finds, as soon as there is one.
    pub async fn wait_for(&self, css: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.post("/elements", json!({ "using": "css selector", "value": css })).await;
            if let Some(element) = found[0][ELEMENT].as_str() {
                return element.to_owned();
            }
            assert!(Instant::now() < deadline, "nothing matches {css} after {PATIENCE:?}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn click(&self, css: &str) {
        let element = self.wait_for(css).await;
        self.post(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Runs the body of a function in the page, and gives what it returns; of a promise, what that gives.
    pub async fn script(&self, javascript: &str) -> Value {
        self.post("/execute/sync", json!({ "script": javascript, "args": [] })).await
    }

    /// Sends a command of the Chrome DevTools Protocol.
    pub async fn command(&self, name: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": name, "params": parameters })).await
    }

    /// Presses a key: `Tab`, `Enter`, `Escape`.
    pub async fn press(&self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            _ => panic!("no such key: {key}"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = text.into();
            }
            self.command("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Makes the window as wide as a device.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.command("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Prefers `light` or `dark`.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.command("Emulation.setEmulatedMedia", features).await;
    }

    /// Waits until a JavaScript expression is true. It may name what is not there yet, or not there for a moment.
    pub async fn wait_until(&self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        let script = format!("try {{ return Boolean({expression}) }} catch {{ return false }}");
        while self.script(&script).await != json!(true) {
            assert!(Instant::now() < deadline, "not true after {PATIENCE:?}: {expression}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// What the console got since it was last asked: errors of scripts, what the Content-Security-Policy blocked,
    /// what did not load. `level` is `SEVERE` for errors.
    pub async fn console(&self, level: &str) -> Vec<String> {
        let entries = self.post("/se/log", json!({ "type": "browser" })).await;
        let entries = entries.as_array().unwrap().iter();
        entries.filter(|entry| entry["level"] == level).map(|entry| entry["message"].to_string()).collect()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.request(Method::POST, path, Some(body)).await
    }

    async fn request(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let sent = match &body {
            Some(body) => request.send_json(body).await,
            None => request.send().await,
        };
        let mut response = sent.unwrap_or_else(|error| panic!("chromedriver does not answer {path}: {error}"));
        let mut answer: Value = response.json().limit(64 << 20).await.unwrap();
        assert!(response.status().is_success(), "{path} {body:?}: {}", answer["value"]["message"]);
        answer["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The guard's signal: it kills driver, browser and itself.
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();

        // The output ends when none of them is left to write; then nothing is added to the profile any more.
        let _ = self.output.take().map(JoinHandle::join);
        let _ = fs::remove_dir_all(self.profile.path());
    }
}

/// The path of a program, as `scripts/find-browser` prints it.
fn find(program: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/find-browser");
    let output = Command::new(script).arg(program).output().expect("scripts/find-browser runs");
    assert!(output.status.success(), "no Chromium or no chromedriver in PATH: scripts/test installs them, or says how");
    String::from_utf8(output.stdout).expect("a path").trim_end().to_owned()
}
