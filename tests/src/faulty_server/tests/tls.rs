//! TLS with a certificate that only a client which was told so trusts.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::super::{Answer, Disconnect, FaultyHttp2Server, FaultyServer, Http2Answer, Server};
use super::{Client, POST};

async fn connect<Request: Clone + Send + Sync + 'static>(
    server: &Server<Request>,
    trusted: Option<&[u8]>,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    if let Some(certificate) = trusted {
        roots
            .add(CertificateDer::from(certificate.to_vec()))
            .expect("a certificate");
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(server.address()).await?;
    let name = ServerName::try_from("127.0.0.1").expect("a name");
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

#[tokio::test]
async fn a_client_that_trusts_the_certificate_is_served() {
    let server =
        FaultyServer::start_tls([Answer::ok("{}").then_disconnect(Disconnect::Close)]).await;
    assert!(server.url().starts_with("https://127.0.0.1:"));
    let mut stream = connect(&server, server.certificate())
        .await
        .expect("a trusted server");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    stream.write_all(POST).await.expect("an open connection");
    let mut text = String::new();
    stream
        .read_to_string(&mut text)
        .await
        .expect("an orderly end");
    assert!(text.ends_with("\r\n\r\n{}"), "{text}");
    assert_eq!(server.requests()[0].raw(), POST);
    assert!(server.failed_handshakes().is_empty());
}

#[tokio::test]
async fn resets_over_tls() {
    let server = FaultyServer::start_tls([Answer::reset_before_answer()]).await;
    let mut stream = connect(&server, server.certificate())
        .await
        .expect("a trusted server");
    stream.write_all(POST).await.expect("an open connection");
    let error = stream.read_u8().await.expect_err("no answer");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_client_that_does_not_trust_it_leaves() {
    let server = FaultyServer::start_tls([Answer::ok("{}")]).await;
    let error = connect(&server, None)
        .await
        .expect_err("nobody vouches for the certificate");
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
    server.wait_until_disconnected().await;
    assert_eq!((server.connections(), server.request_count()), (1, 0));
    assert_eq!(server.failed_handshakes().len(), 1);
}

#[tokio::test]
async fn plain_text_is_no_handshake() {
    let server = FaultyServer::start_tls([Answer::ok("{}")]).await;
    let mut client = Client::connect(&server).await;
    client.write(POST).await;
    drop(client);
    server.wait_until_disconnected().await;
    assert_eq!(server.request_count(), 0);
    assert_eq!(server.failed_handshakes().len(), 1);
}

#[tokio::test]
async fn agrees_on_http2() {
    let server = FaultyHttp2Server::start_tls([Http2Answer::ok("{}")]).await;
    let stream = connect(&server, server.certificate())
        .await
        .expect("a trusted server");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
}
