//! A self-signed certificate for each server.

use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// A self-signed certificate for 127.0.0.1 and localhost, and what accepts connections with it.
pub(super) struct SelfSigned {
    pub(super) certificate: Vec<u8>,
    pub(super) acceptor: TlsAcceptor,
}

impl SelfSigned {
    /// `protocol` is the only one that the server agrees to speak (ALPN).
    pub(super) fn new(protocol: &str) -> Self {
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(names).expect("a certificate for two fixed names");
        let certificate = cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());

        // The provider is named: the process-wide default depends on which others are linked.
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("the provider knows the default versions")
                .with_no_client_auth()
                .with_single_cert(vec![certificate.clone()], key.into())
                .expect("the key belongs to the certificate");
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Self {
            certificate: certificate.to_vec(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    }
}
