//! Tests that run alone in a process.

use std::process::Output;

/// Set in a process that [`in_own_process`] has started.
pub(crate) const CHILD: &str = "CLERK_API_TESTS_CHILD";

/// Runs the test with this path in its own process, with `child` and these variables in its environment, and no key.
pub(crate) async fn in_own_process(test: &str, child: &str, variables: &[(&str, &str)]) -> Output {
    let (_, test) = test.split_once("::").unwrap();
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env_remove("CLERK_SECRET_KEY")
        .env_remove("CLERK_BEARER_AUTH")
        .env(CHILD, child)
        .envs(variables.iter().copied())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("running 1 test"), "there is no test {test}");
    output
}

/// Does the work of the test with this path in its own process, where nothing else is measured.
pub(crate) async fn alone(test: &str, work: impl Future<Output = ()>) {
    if std::env::var_os(CHILD).is_some() {
        return work.await;
    }
    let output = in_own_process(test, "1", &[]).await;
    let (out, err) = (output.stdout, output.stderr);
    let text = String::from_utf8_lossy(&out) + String::from_utf8_lossy(&err);
    assert!(output.status.success(), "{text}");
}
