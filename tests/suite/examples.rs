//! The examples, run as programs. `cargo test --workspace` builds them; without them these tests do nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clerk_api::testing::FakeClerk;
use tempfile::{TempDir, tempdir};

use crate::support::{KEY, build};

/// A command for an example, if it is built.
fn example(name: &str) -> Option<Command> {
    let test = std::env::current_exe().unwrap();
    let directory = test.parent()?.parent()?.join("examples");
    let program = directory.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        println!("skipped: the example {name} is not built");
        return None;
    }
    let mut command = Command::new(program);
    for name in ["CLERK_SECRET_KEY", "CLERK_BEARER_AUTH", "CLERK_API_URL"] {
        command.env_remove(name);
    }
    Some(command)
}

fn write(files: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = files.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

/// `bulk_create` with the settings for this fake.
fn bulk_command(fake: &FakeClerk) -> Option<Command> {
    let mut command = example("bulk_create")?;
    command.env("CLERK_SECRET_KEY", KEY);
    command.env("CLERK_API_URL", fake.base_url());
    Some(command)
}

fn bulk(fake: &FakeClerk, users: &Path, output: &Path) -> Option<Output> {
    let mut command = bulk_command(fake)?;
    Some(command.args([users, output]).output().unwrap())
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
fn assert_fails_with(output: &Output, parts: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn quickstart_and_error_handling_run() {
    for name in ["quickstart", "error_handling"] {
        let Some(mut command) = example(name) else {
            return;
        };
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        assert!(!output.stdout.is_empty());
    }
}

#[test]
fn fake_clerk_takes_users_and_faults_as_flags() {
    use std::io::{BufRead as _, BufReader};
    let Some(mut command) = example("fake_clerk") else {
        return;
    };
    let command = command.args(["--user", "user_1", "--fail", "409", "--fail", "503:1"]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines.next().unwrap().unwrap();
    let (_, url) = url.split_once(": ").unwrap();
    let short = lines.next().unwrap().unwrap();
    let (_, short) = short.split_once(": ").unwrap();
    assert_eq!(url, format!("{short}/v1"));

    let clerk = build(clerk_api::Clerk::builder().secret_key(KEY).base_url(url));
    let clerk = clerk_api::blocking::Clerk::from_async(clerk).unwrap();
    let tokens = clerk.sign_in_tokens();
    let error = tokens.create("user_1").send().unwrap_err();
    assert!(error.is_conflict());
    let response = tokens.create("user_1").send_with_response().unwrap();
    assert_eq!(response.attempts(), 2);
    assert!(tokens.create("user_2").send().unwrap_err().is_not_found());

    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(lines.next().unwrap().unwrap(), "4 requests, 1 tokens");

    let mut wrong = example("fake_clerk").unwrap();
    let wrong = wrong.args(["--nonsense"]).output().unwrap();
    assert_fails_with(&wrong, &["--nonsense"]);
}

#[test]
fn bulk_create_makes_one_token_per_user_however_often_it_runs() {
    let files = tempdir().unwrap();
    let users = write(&files, "users", "\u{feff}user_1\r\nuser_2\n\nuser_1\n");
    let output = files.path().join("output");
    let fake = FakeClerk::with_users(["user_1", "user_2"]);
    for _ in 0..2 {
        let Some(run) = bulk(&fake, &users, &output) else {
            return;
        };
        assert!(run.status.success(), "{}", stderr(&run));
        assert_eq!(fake.tokens().len(), 2);
    }
    let text = fs::read_to_string(&output).unwrap();
    let token = &fake.tokens()[0];
    assert!(text.contains(token.token.as_ref().unwrap().expose()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&output).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn bulk_create_tries_failed_users_again_and_lists_unclear_ones() {
    let files = tempdir().unwrap();
    let users = write(&files, "users", "user_1\nuser_2\n");
    let output = files.path().join("output");
    let fake = FakeClerk::start();
    fake.respond_next_with(404, "{}");
    fake.drop_next_response();
    let Some(run) = bulk(&fake, &users, &output) else {
        return;
    };
    assert_fails_with(&run, &["may have an unknown token", "outcome unknown"]);
    assert_eq!(fake.tokens().len(), 1);
    // The failed user gets a token; a person still has to decide about the other.
    let run = bulk(&fake, &users, &output).unwrap();
    assert_fails_with(&run, &["may have an unknown token", "delete the user's"]);
    assert_eq!(fake.tokens().len(), 2);
    // The user's lines are deleted, as the text says.
    let lines = fs::read_to_string(&output).unwrap();
    let unclear = lines.lines().find(|line| line.contains("\"unknown\""));
    let user = match unclear.unwrap().contains("user_1") {
        true => "user_1",
        false => "user_2",
    };
    let kept = lines.split_inclusive('\n');
    let kept = kept.filter(|line| !line.contains(user));
    write(&files, "output", &kept.collect::<String>());
    let run = bulk(&fake, &users, &output).unwrap();
    assert!(run.status.success(), "{}", stderr(&run));
    assert_eq!(fake.tokens().len(), 3);
}

#[test]
fn bulk_create_does_not_forget_a_run_that_was_killed() {
    let files = tempdir().unwrap();
    let users = write(&files, "users", "user_1\n");
    let begun = "{\"result\":\"begun\",\"user_id\":\"user_1\"}\n";
    let output = write(&files, "output", &format!("{begun}{{\"result\":\"crea"));
    let fake = FakeClerk::start();
    let Some(run) = bulk(&fake, &users, &output) else {
        return;
    };
    assert_fails_with(&run, &["user_1: the run ended", "cut off"]);
    assert!(fake.requests().is_empty());
    assert_eq!(fs::read_to_string(&output).unwrap(), begun);
}

#[test]
fn bulk_create_rejects_files_that_it_did_not_write() {
    let files = tempdir().unwrap();
    let users = write(&files, "users", "user_1\nuser_2");
    let one = write(&files, "one", "user_1");
    let damaged = write(
        &files,
        "damaged",
        "{\"result\":\"begun\",\"user_id\":\"user_1\"}\n{\"res\n",
    );
    let not_ids = write(&files, "not-ids", "user_1\nuser 2\n");
    let missing = files.path().join("missing");
    let fake = FakeClerk::start();
    for (input, output, parts) in [
        (&users, &users, ["users: line 1 was not written"]),
        (&users, &one, ["one: line 1 was not written"]),
        (&users, &damaged, ["damaged: line 2 was not written"]),
        (&damaged, &users, ["damaged: line 1 is not a user id"]),
        (&not_ids, &missing, ["not-ids: line 2 is not a user id"]),
        (&missing, &damaged, ["missing: "]),
    ] {
        let before = fs::read(output).ok();
        let Some(run) = bulk(&fake, input, output) else {
            return;
        };
        assert_fails_with(&run, &parts);
        assert_eq!(fs::read(output).ok(), before);
    }
    assert!(fake.requests().is_empty());
}

#[test]
fn bulk_create_stops_after_ten_equal_failures() {
    let files = tempdir().unwrap();
    let all: String = (0..60).map(|number| format!("user_{number}\n")).collect();
    let users = write(&files, "users", &all);
    let fake = FakeClerk::with_users(["nobody"]);
    let Some(run) = bulk(&fake, &users, &files.path().join("output")) else {
        return;
    };
    assert_fails_with(&run, &["10 equal failures in a row", "404"]);
    // Those under way are finished.
    assert!((10..40).contains(&fake.requests().len()));
}

/// A limit on the size of files stands for a full disk.
#[cfg(unix)]
#[test]
fn bulk_create_names_the_tokens_that_it_could_not_record() {
    let files = tempdir().unwrap();
    let users = write(&files, "users", "user_1\nuser_2\n");
    let output = files.path().join("output");
    let fake = FakeClerk::start();
    let Some(program) = bulk_command(&fake) else {
        return;
    };
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).arg(program.get_program());
    let settings = program.get_envs();
    shell.envs(settings.filter_map(|(name, value)| Some((name, value?))));
    let run = shell.args([&users, &output]).output().unwrap();
    let tokens = fake.tokens();
    assert_fails_with(&run, &["output: ", "could not be recorded"]);
    let text = stderr(&run);
    let mut expected = tokens
        .iter()
        .map(|token| format!("{}: token {}", token.user_id, token.id));
    assert!(expected.any(|expected| text.contains(&expected)), "{text}");
    // The next run knows about it.
    let run = bulk(&fake, &users, &output).unwrap();
    assert_fails_with(&run, &["may have an unknown token"]);
}

#[cfg(unix)]
#[test]
fn bulk_create_finishes_what_is_under_way_after_a_signal() {
    use std::time::{Duration, Instant};
    for signal in ["TERM", "INT"] {
        let files = tempdir().unwrap();
        let all: String = (0..500).map(|number| format!("user_{number}\n")).collect();
        let users = write(&files, "users", &all);
        let output = files.path().join("output");
        let fake = FakeClerk::start();
        let Some(mut command) = bulk_command(&fake) else {
            return;
        };
        // As many as are sent at once, so that the signal comes before the first response.
        (0..16).for_each(|_| fake.delay_next_response(Duration::from_secs(2)));
        command.args([&users, &output]).stderr(Stdio::piped());
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while fake.requests().is_empty() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let kill = format!("kill -s {signal} {}", child.id());
        let kill = Command::new("sh").args(["-c", &kill]).status();
        assert!(kill.unwrap().success());
        let run = child.wait_with_output().unwrap();
        assert_fails_with(&run, &["Finishing what is under way"]);
        let tokens = fake.tokens().len();
        assert!((1..500).contains(&tokens), "{tokens}");
        let text = fs::read_to_string(&output).unwrap();
        assert_eq!(text.matches("\"created\"").count(), tokens);
        assert_eq!(text.matches("\"begun\"").count(), tokens);
    }
}
