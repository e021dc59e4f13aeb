//! Signing in at a kommune's own login: OpenID Connect, authorization code with PKCE. What it says about somebody's groups becomes
//! roles by a mapping in the settings; nothing else gives a role.
//!
//! Between leaving and coming back a cookie holds one secret, of which nonce and PKCE verifier are made; the database has a row that
//! lets the answer in once. The mapping of an account is by issuer and subject, never by a name or an address.

use super::{Auth, Opened, Roles};
use crate::fault::Fault;
use crate::secret;
use crate::store::accounts::Account;
use crate::tenant::Site;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthType, AuthenticationFlow, AuthorizationCode, Client,
    ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IdTokenClaims, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _, UserInfoClaims,
};
use protocol::Code;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Name of the cookie between leaving and coming back. `Lax`, because coming back is a link from another site.
pub const COOKIE: &str = "__Host-lokalsvar-oidc";
/// How long somebody may take at the other login.
pub(crate) const JOURNEY_MS: i64 = 10 * 60_000;
/// What a provider says about itself is asked for anew after this.
const FRESH: Duration = Duration::from_secs(3600);
/// With a key that is not known it is asked for sooner, but not more often.
const AGAIN: Duration = Duration::from_secs(30);
/// Longest wait for an answer of the provider.
const PATIENCE: Duration = Duration::from_secs(8);
/// Signatures that count: with a key that the provider alone has.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// A kommune's own login, as the settings say. No mistakes are left in it.
#[derive(Clone, Debug)]
pub struct Login {
    /// Address of the provider.
    pub issuer: IssuerUrl,
    /// Who we are there.
    pub client_id: ClientId,
    /// What proves it; `Debug` does not show it.
    pub client_secret: ClientSecret,
    /// Where people are sent back to.
    pub redirect: RedirectUrl,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim with the groups; dots lead into objects ("realm_access.roles").
    pub role_claim: String,
    /// Roles of each value of the claim.
    pub roles: Vec<(String, Roles)>,
}

impl Login {
    /// The roles of a claim: a text, or a list of texts. Any other shape gives none.
    pub fn roles_of(&self, claim: &Value) -> Roles {
        let values = match claim {
            Value::String(one) => vec![one.as_str()],
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        self.roles
            .iter()
            .filter(|(value, _)| values.contains(&value.as_str()))
            .flat_map(|(_, roles)| roles.iter())
            .collect()
    }
}

/// Where to go, and what to keep until the way back.
#[derive(Debug)]
pub struct Departure {
    /// Address at the provider.
    pub url: String,
    /// Value of the cookie.
    pub cookie: String,
}

/// What a provider sends back, as its query.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Arrival {
    /// Good once.
    pub code: Option<String>,
    /// As we sent it.
    pub state: Option<String>,
    /// Who sends (RFC 9207).
    pub iss: Option<String>,
    /// The provider refused.
    pub error: Option<String>,
}

/// Claims that are not of the standard.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Extra {
    #[serde(flatten)]
    all: HashMap<String, Value>,
}

impl AdditionalClaims for Extra {}

impl Extra {
    fn claim(&self, name: &str) -> Option<&Value> {
        if let Some(value) = self.all.get(name) {
            return Some(value);
        }
        let mut parts = name.split('.');
        let first = self.all.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    }
}

type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Claims = IdTokenClaims<Extra, CoreGenderClaim>;
type Relying = Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What is known of the providers, by issuer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Providers(Arc<Mutex<HashMap<String, (CoreProviderMetadata, Instant)>>>);

impl Providers {
    async fn get(
        &self,
        http: &reqwest::Client,
        issuer: &IssuerUrl,
        older: Duration,
    ) -> Result<CoreProviderMetadata, Fault> {
        let known = {
            let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.get(issuer.as_str()).cloned()
        };
        if let Some((metadata, at)) = known
            && at.elapsed() < older
        {
            return Ok(metadata);
        }
        let found = CoreProviderMetadata::discover_async(issuer.clone(), http).await;
        let metadata = found.map_err(|e| upstream("discovery", &e))?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(issuer.to_string(), (metadata.clone(), Instant::now()));
        Ok(metadata)
    }
}

impl Auth {
    /// Sends somebody to their kommune's login.
    ///
    /// # Errors
    /// The kommune has none here, or it does not answer.
    pub async fn depart(&self, site: &Site) -> Result<Departure, Fault> {
        let login = login(site)?;
        let metadata = self.providers.get(&http()?, &login.issuer, FRESH).await?;
        let client = relying(login, metadata);
        let cookie = secret::random::<32>();
        let state = format!("{}.{}", site.tenant.slug(), secret::random::<32>());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&self.verifier(&cookie));
        let (given, nonce) = (state.clone(), self.nonce(&cookie));
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = client
            .authorize_url(flow, move || CsrfToken::new(given), move || nonce)
            .set_pkce_challenge(challenge);
        for scope in &login.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (url, _, _) = request.url();
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.write(&site.tenant).await?;
        tx.depart(
            &state_hash(&state),
            &cookie_hash(&cookie),
            now_ms + JOURNEY_MS,
        )
        .await?;
        tx.commit().await?;
        Ok(Departure {
            url: url.to_string(),
            cookie,
        })
    }

    /// Lets in whom a kommune's login sends back.
    ///
    /// # Errors
    /// `SignInWrong`: not an answer to what this browser asked, used already, or the token is not right. `Forbidden`: none of the
    /// groups is in the mapping. `Upstream`: the provider does not answer.
    pub async fn arrive(&self, arrival: &Arrival, cookie: Option<&str>) -> Result<Opened, Fault> {
        let (state, cookie) = arrival
            .state
            .as_deref()
            .zip(cookie)
            .ok_or_else(|| refused("no state or no cookie"))?;
        let slug = state.split_once('.').map(|(slug, _)| slug);
        let Some(Some(site)) = slug.and_then(|slug| self.place(Some(slug))) else {
            return Err(refused("state"));
        };
        let login = login(&site)?;
        let now_ms = self.clock.now_ms();
        let mut tx = self.store.write(&site.tenant).await?;
        let known = tx
            .arrive(&state_hash(state), &cookie_hash(cookie), now_ms)
            .await?;
        tx.commit().await?;
        if !known {
            return Err(refused("state, or used before"));
        }
        let outcome = match &arrival.code {
            _ if arrival
                .iss
                .as_deref()
                .is_some_and(|iss| iss != login.issuer.as_str()) =>
            {
                Err(refused("issuer of the answer"))
            }
            _ if arrival.error.is_some() => Err(refused("the provider refused")),
            None => Err(refused("no code")),
            Some(code) => self.vouched(login, code, cookie).await,
        };
        let vouched = match outcome {
            Ok(vouched) if !vouched.roles.is_empty() => vouched,
            Ok(_) => {
                self.note_refusal(&site).await?;
                return Err(Fault::No(
                    Code::Forbidden,
                    "no group of this login has a role here",
                ));
            }
            Err(fault) => {
                self.note_refusal(&site).await?;
                return Err(fault);
            }
        };
        self.welcome(&site, login, vouched).await
    }

    /// Who it is, after every check of the token.
    async fn vouched(&self, login: &Login, code: &str, cookie: &str) -> Result<Vouched, Fault> {
        let http = http()?;
        let metadata = self.providers.get(&http, &login.issuer, FRESH).await?;
        let client = relying(login, metadata);
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|e| upstream("no token endpoint", &e))?
            .set_pkce_verifier(self.verifier(cookie));
        let tokens = request.request_async(&http).await.map_err(|e| match e {
            openidconnect::RequestTokenError::ServerResponse(_) => refused("code"),
            other => upstream("token", &other),
        })?;
        let nonce = self.nonce(cookie);
        let claims = if let Ok(claims) = claims(&client, &tokens, &nonce) {
            claims
        } else {
            // The provider may have new keys.
            let metadata = self.providers.get(&http, &login.issuer, AGAIN).await?;
            claims(&relying(login, metadata), &tokens, &nonce)?
        };
        let mut found = claims.additional_claims().claim(&login.role_claim).cloned();
        let mut name = person(
            claims.name().and_then(|n| n.get(None)).map(|n| n.as_str()),
            claims.preferred_username().map(|n| n.as_str()),
        );
        // Some providers tell groups and names at the userinfo endpoint only.
        if (found.is_none() || name.is_none())
            && let Ok(request) = client.user_info(
                tokens.access_token().clone(),
                Some(claims.subject().clone()),
            )
        {
            let info: UserInfoClaims<Extra, CoreGenderClaim> =
                request
                    .request_async(&http)
                    .await
                    .map_err(|e| upstream("userinfo", &e))?;
            found = found.or_else(|| info.additional_claims().claim(&login.role_claim).cloned());
            name = name.or_else(|| {
                person(
                    info.name().and_then(|n| n.get(None)).map(|n| n.as_str()),
                    info.preferred_username().map(|n| n.as_str()),
                )
            });
        }
        Ok(Vouched {
            subject: claims.subject().to_string(),
            name: name.unwrap_or_else(|| "Uden navn".to_owned()),
            roles: found.map_or_else(Roles::default, |claim| login.roles_of(&claim)),
        })
    }

    /// The account of somebody the login vouches for, with the roles of today, and a session.
    async fn welcome(
        &self,
        site: &Arc<Site>,
        login: &Login,
        vouched: Vouched,
    ) -> Result<Opened, Fault> {
        let now_ms = self.clock.now_ms();
        let issuer = login.issuer.as_str();
        let user = format!(
            "oidc:{}",
            &secret::hash(&["oidc", issuer, &vouched.subject])[..16]
        );
        let mut tx = self.store.write(&site.tenant).await?;
        tx.lock(&[&user]).await?;
        let id = if let Some(known) = tx.account_by(issuer, &vouched.subject).await? {
            tx.set_roles(&known.id, &vouched.name, &vouched.roles.text())
                .await?;
            known.id
        } else {
            let account = Account {
                id: secret::random::<9>(),
                user,
                name: vouched.name.clone(),
                roles: vouched.roles.text(),
                issuer: issuer.to_owned(),
                subject: vouched.subject,
                ..Account::default()
            };
            if !tx.add_account(&account, now_ms).await? {
                return Err(Fault::No(Code::Internal, "the account cannot be made"));
            }
            let what = format!("account-added:{}", account.id);
            tx.audit(now_ms, "", "", &what, "oidc").await?;
            account.id
        };
        let opened = self
            .open(
                &mut tx,
                Some(site),
                &id,
                &vouched.name,
                vouched.roles,
                now_ms,
            )
            .await?;
        tx.audit(now_ms, "", "", "signed-in", &id).await?;
        tx.commit().await?;
        Ok(opened)
    }

    async fn note_refusal(&self, site: &Site) -> Result<(), Fault> {
        let mut tx = self.store.write(&site.tenant).await?;
        tx.audit(self.clock.now_ms(), "", "", "sign-in-refused", "unknown")
            .await?;
        Ok(tx.commit().await?)
    }

    /// 43 letters, as RFC 7636 wants.
    fn verifier(&self, cookie: &str) -> PkceCodeVerifier {
        PkceCodeVerifier::new(secret::keyed(&self.key, &[b"oidc-pkce", cookie.as_bytes()]))
    }

    fn nonce(&self, cookie: &str) -> Nonce {
        Nonce::new(secret::keyed(
            &self.key,
            &[b"oidc-nonce", cookie.as_bytes()],
        ))
    }
}

/// Somebody whom a login vouches for.
struct Vouched {
    subject: String,
    name: String,
    roles: Roles,
}

fn login(site: &Site) -> Result<&Login, Fault> {
    let none = Fault::No(Code::NotFound, "this kommune has no login of its own here");
    site.oidc.as_ref().ok_or(none)
}

/// Signature, issuer, audience, expiry, nonce, and that the access token belongs to it.
fn claims(client: &Relying, tokens: &Tokens, nonce: &Nonce) -> Result<Claims, Fault> {
    let token = tokens.id_token().ok_or_else(|| refused("no id token"))?;
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
    let claims = token
        .claims(&verifier, nonce)
        .map_err(|e| refused_by("id token", &e))?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token
            .signing_alg()
            .map_err(|e| refused_by("algorithm", &e))?;
        let key = token
            .signing_key(&verifier)
            .map_err(|e| refused_by("key", &e))?;
        let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
            .map_err(|e| refused_by("hash", &e))?;
        if found != *expected {
            return Err(refused("access token"));
        }
    }
    Ok(claims.clone())
}

fn relying(login: &Login, metadata: CoreProviderMetadata) -> Relying {
    // The standard says `client_secret_basic` where nothing is said.
    let by_body = metadata
        .token_endpoint_auth_methods_supported()
        .is_some_and(|all| {
            !all.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && all.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
    Client::from_provider_metadata(
        metadata,
        login.client_id.clone(),
        Some(login.client_secret.clone()),
    )
    .set_redirect_uri(login.redirect.clone())
    .set_auth_type(if by_body {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    })
}

/// Follows no redirect: the provider's addresses come from its own document, nobody else's.
fn http() -> Result<reqwest::Client, Fault> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .map_err(|e| upstream("client", &e))
}

fn person(name: Option<&str>, user: Option<&str>) -> Option<String> {
    let name = name.or(user)?.trim();
    let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
    (!name.is_empty()).then_some(name)
}

fn state_hash(state: &str) -> String {
    secret::hash(&["oidc-state", state])
}

fn cookie_hash(cookie: &str) -> String {
    secret::hash(&["oidc-cookie", cookie])
}

fn refused(about: &'static str) -> Fault {
    tracing::info!(about, "an answer of a login was refused");
    Fault::No(Code::SignInWrong, "the answer of the login cannot be used")
}

/// The log gets the kind of mistake; what errors say can hold parts of a token.
fn refused_by(about: &'static str, error: &impl std::error::Error) -> Fault {
    tracing::debug!(error = %error, about);
    refused(about)
}

fn upstream(about: &'static str, error: &impl std::error::Error) -> Fault {
    tracing::warn!(about, error = %error, "a login does not answer as it should");
    Fault::No(Code::Upstream, "the login of the kommune does not answer")
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Role;
    use serde_json::json;

    fn login() -> Login {
        let one = |role: Role| [role].into_iter().collect::<Roles>();
        Login {
            issuer: IssuerUrl::new("https://login.eksempelby.example".into()).expect("an address"),
            client_id: ClientId::new("lokalsvar".into()),
            client_secret: ClientSecret::new("secret".into()),
            redirect: RedirectUrl::new("https://tid.example/cb".into()).expect("an address"),
            scopes: Vec::new(),
            role_claim: "groups".into(),
            roles: vec![
                ("Borgerservice".into(), one(Role::Booking)),
                ("Ledere".into(), one(Role::BookingAdmin)),
            ],
        }
    }

    #[test]
    fn only_values_of_the_mapping_give_roles() {
        for (claim, roles) in [
            (json!("Borgerservice"), "booking"),
            (
                json!(["Ledere", "Andre", "Borgerservice"]),
                "booking booking-admin",
            ),
            (json!(["borgerservice", "booking", "operator"]), ""),
            (json!({"Ledere": true}), ""),
            (json!([["Ledere"], 1, null]), ""),
            (json!("Borgerservice Ledere"), ""),
        ] {
            assert_eq!(login().roles_of(&claim).text(), roles, "{claim}");
        }
    }

    #[test]
    fn a_claim_is_found_by_its_name_and_by_its_path() {
        let extra: Extra = serde_json::from_value(
            json!({"groups": 1, "realm_access": {"roles": 2}, "https://a.dk/roles": 3}),
        )
        .expect("claims");
        for (name, value) in [
            ("groups", Some(1)),
            ("realm_access.roles", Some(2)),
            ("https://a.dk/roles", Some(3)),
            ("groups.x", None),
            ("nothing", None),
        ] {
            assert_eq!(extra.claim(name).and_then(Value::as_i64), value, "{name}");
        }
    }
}
