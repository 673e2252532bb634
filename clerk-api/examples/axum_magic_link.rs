//! A small server that signs people in with a link in an e-mail, which it prints to the console here.
//!
//! Run `cargo run -p clerk-api --example axum_magic_link`, then
//! `curl -d user_id=user_1 http://127.0.0.1:3000/link`, and follow the link that it prints. `PORT` is another port.
//! Without `CLERK_SECRET_KEY` it uses a fake Clerk.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Router, serve};
use clerk_api::testing::FakeClerk;
use clerk_api::{Clerk, Secret};
use serde::Deserialize;

/// Short, since anyone who finds the e-mail can use the link.
const LIFETIME: Duration = Duration::from_secs(600);

struct App {
    clerk: Clerk,
    /// This server's URL.
    url: String,
    /// Instead of Clerk, if there is no secret key.
    fake: Option<FakeClerk>,
}

#[derive(Deserialize)]
struct LinkRequest {
    user_id: String,
}

#[derive(Deserialize)]
struct SignIn {
    #[serde(rename = "__clerk_ticket")]
    ticket: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fake = std::env::var_os("CLERK_SECRET_KEY")
        .is_none()
        .then(FakeClerk::start);
    let clerk = match &fake {
        Some(fake) => fake.client().clone(),
        None => Clerk::from_env()?,
    };
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("listening on {url}");
    let app = Router::new()
        .route("/link", post(send_link))
        .route("/sign-in", get(sign_in))
        .with_state(Arc::new(App { clerk, url, fake }));
    serve(listener, app).await?;
    Ok(())
}

/// Always sends the same response, so that nobody can learn which users exist.
async fn send_link(
    State(app): State<Arc<App>>,
    Form(form): Form<LinkRequest>,
) -> (StatusCode, &'static str) {
    let call = app
        .clerk
        .sign_in_tokens()
        .create(form.user_id)
        .expires_in(LIFETIME);
    match call.await {
        Ok(token) => {
            // The only place that exposes the secret: it goes to the user, and to no log.
            let link = match (&app.fake, token.url, token.token) {
                (None, Some(url), _) => Some(url),
                (Some(_), _, Some(ticket)) => {
                    let ticket = ticket.expose();
                    Some(Secret::new(format!(
                        "{}/sign-in?__clerk_ticket={ticket}",
                        app.url
                    )))
                }
                _ => None,
            };
            match link {
                Some(link) => send_email(&link),
                None => eprintln!("{} has no link to send", token.id),
            }
        }
        // An error never shows a secret, so it can be logged.
        Err(error) => eprintln!("could not create a link: {error}"),
    }
    (
        StatusCode::ACCEPTED,
        "If there is such a user, an e-mail is on its way.\n",
    )
}

fn send_email(link: &Secret) {
    println!("e-mail: sign in with {}", link.expose());
}

/// Stands in for Clerk's page that opens the link.
async fn sign_in(
    State(app): State<Arc<App>>,
    Query(query): Query<SignIn>,
) -> (StatusCode, Html<String>) {
    let Some(fake) = &app.fake else {
        return (
            StatusCode::NOT_FOUND,
            Html("Clerk has this page.\n".to_owned()),
        );
    };
    match fake.accept_ticket(&query.ticket) {
        Ok(token) => (
            StatusCode::OK,
            Html(format!("Signed in as {}.\n", token.user_id)),
        ),
        Err(error) => (
            StatusCode::GONE,
            Html(format!("This link is invalid: {error}.\n")),
        ),
    }
}
