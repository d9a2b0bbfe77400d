//! rustls set up with libpq's meaning of `sslmode`.
//!
//! **In**: what the URL asks. **Out**: a client configuration. The provider is named here, never taken from the process.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ring::digest;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::error::{Error, Result};
use crate::url::{TlsMode, TlsSettings};

/// The configuration for a connection.
pub(crate) fn client_config(settings: &TlsSettings) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let judge = Judge::new(settings, provider.clone())?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| problem(&error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge));
    match &settings.identity {
        None => Ok(builder.with_no_client_auth()),
        Some((certificates, key)) => {
            let chain = read_certificates(certificates)?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| problem(&format!("sslkey: {error}")))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| problem(&error.to_string()))
        }
    }
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let text = fs::read(path).map_err(|error| problem(&format!("`{}`: {error}", path.display())))?;
    let certificates = CertificateDer::pem_slice_iter(&text).collect::<std::result::Result<Vec<_>, _>>();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(problem(&format!("`{}` holds no PEM certificate", path.display()))),
        Err(error) => Err(problem(&format!("`{}`: {error}", path.display()))),
    }
}

fn problem(reason: &str) -> Error {
    Error::new("P1011", format!("TLS: {reason}"))
}

/// Judges a server's certificate as far as the mode wants it judged. Signatures of the handshake are always checked.
#[derive(Debug)]
struct Judge {
    mode: TlsMode,
    chain: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
}

impl Judge {
    fn new(settings: &TlsSettings, provider: Arc<CryptoProvider>) -> Result<Judge> {
        let mut roots = RootCertStore::empty();
        match &settings.authority {
            Some(path) => {
                for certificate in read_certificates(path)? {
                    roots.add(certificate).map_err(|error| problem(&error.to_string()))?;
                }
            }
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        }
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .build()
            .map_err(|error| problem(&error.to_string()))?;
        Ok(Judge { mode: settings.mode, chain, provider })
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let verdict = || self.chain.verify_server_cert(certificate, intermediates, name, ocsp, now);
        match self.mode {
            TlsMode::Disable | TlsMode::Allow | TlsMode::Prefer | TlsMode::Require => {
                Ok(ServerCertVerified::assertion())
            }
            TlsMode::VerifyFull => verdict(),
            // The chain is checked before the name, so a complaint about the name means a good chain.
            TlsMode::VerifyCa => match verdict() {
                Err(rustls::Error::InvalidCertificate(
                    CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
                )) => Ok(ServerCertVerified::assertion()),
                verdict => verdict,
            },
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// What binds a SCRAM exchange to a server's certificate (`tls-server-end-point`, RFC 5929): its hash, by the algorithm that its
/// signature was made with; MD5 and SHA-1 are replaced by SHA-256. None where the signature does not name a hash.
pub(crate) fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    // SEQUENCE { the certificate's content, SEQUENCE { OID of the algorithm, .. }, .. }
    let (content, _) = der(certificate)?;
    let (_, rest) = der(content)?;
    let (algorithm, _) = der(rest)?;
    let (oid, _) = der(algorithm)?;
    let hash = SIGNATURES.iter().find(|(known, _)| *known == oid)?.1;
    Some(digest::digest(hash, certificate).as_ref().to_vec())
}

/// Signature algorithms by their OIDs in DER, and the hash of each.
const SIGNATURES: &[(&[u8], &digest::Algorithm)] = &[
    // RSA (PKCS #1) with MD5, SHA-1, SHA-256, SHA-384, SHA-512.
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04], &digest::SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05], &digest::SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b], &digest::SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c], &digest::SHA384),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d], &digest::SHA512),
    // ECDSA with SHA-1, SHA-256, SHA-384, SHA-512.
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01], &digest::SHA256),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02], &digest::SHA256),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03], &digest::SHA384),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04], &digest::SHA512),
];

/// The content of the first DER value of a text, and what follows it.
fn der(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, mut rest) = text.get(1..)?.split_first()?;
    let mut length = usize::from(*first);
    if length >= 0x80 {
        let (digits, behind) = rest.split_at_checked(length & 0x7f).filter(|(digits, _)| digits.len() <= 4)?;
        length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
        rest = behind;
    }
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value in DER.
    fn value(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        let head = match u8::try_from(length) {
            Ok(length) if length < 0x80 => vec![tag, length],
            _ => [&[tag, 0x82][..], &u16::try_from(length).expect("short").to_be_bytes()].concat(),
        };
        [head.as_slice(), content].concat()
    }

    /// As much of a certificate as is looked at: 200 bytes of content, then the signature's algorithm.
    fn certificate(oid: &[u8]) -> Vec<u8> {
        let algorithm = value(0x30, &[value(0x06, oid), vec![5, 0]].concat());
        value(0x30, &[value(0x30, &[7; 200]), algorithm, value(0x03, &[9; 20])].concat())
    }

    #[test]
    fn the_hash_is_that_of_the_signature() {
        let sha384 = certificate(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03]);
        assert_eq!(end_point(&sha384).as_deref(), Some(digest::digest(&digest::SHA384, &sha384).as_ref()));
        let sha1 = certificate(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05]);
        assert_eq!(end_point(&sha1).as_deref(), Some(digest::digest(&digest::SHA256, &sha1).as_ref()));
        // Ed25519 names none.
        assert_eq!(end_point(&certificate(&[0x2b, 0x65, 0x70])), None);
        for cut in 0..sha1.len() {
            assert_eq!(end_point(&sha1[..cut]), None, "{cut}");
        }
    }
}
