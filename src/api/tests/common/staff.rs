//! Somebody who works at the kommune: a browser with a cookie, against the whole router.

use super::Place;
use api::auth::{Auth, Role, Roles};
use api::http::{App, router};
use api::limits::{Limits, Rate};
use api::metrics::Metrics;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use protocol::path;
use serde_json::{Value, json};
use std::sync::Arc;
use totp_rs::{Algorithm, Secret, TOTP};
use tower::ServiceExt as _;

pub const PASSWORD: &str = "en lang adgangskode";

/// A session as a browser has it.
#[derive(Clone, Debug, Default)]
pub struct Seat {
    pub cookie: String,
    pub csrf: String,
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub body: Value,
    pub headers: HeaderMap,
}

impl Got {
    /// The code of a problem, with its status.
    pub fn problem(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }

    /// The session that was begun.
    pub fn seat(&self) -> Seat {
        let set = self.headers["set-cookie"].to_str().expect("a cookie");
        assert!(
            set.starts_with("__Host-lokalsvar=")
                && set.ends_with("; Path=/; Max-Age=28800; Secure; HttpOnly; SameSite=Strict"),
            "{set}"
        );
        let (cookie, _) = set.split_once(';').expect("a cookie");
        Seat {
            cookie: cookie.to_owned(),
            csrf: self.body["csrf"].as_str().expect("a token").to_owned(),
        }
    }
}

/// The router of a place, and its accounts.
pub struct Console {
    pub app: Router,
    pub auth: Auth,
}

impl Console {
    pub fn new(place: &Place) -> Console {
        Self::with(place, false)
    }

    /// Believes what `x-forwarded-for` says.
    pub fn behind_proxy(place: &Place) -> Console {
        Self::with(place, true)
    }

    fn with(place: &Place, behind_proxy: bool) -> Console {
        let rate = Rate {
            per_second: 1e9,
            burst: 1e9,
        };
        let auth = Auth::new(&place.desk);
        let app = App {
            desk: place.desk.clone(),
            auth: auth.clone(),
            limits: Arc::new(Limits::new(rate, rate).conversing(rate)),
            metrics: Arc::new(Metrics::new()),
            behind_proxy,
        };
        Console {
            app: router(app),
            auth,
        }
    }

    pub async fn get(&self, path: &str, seat: &Seat) -> Got {
        let request = Request::get(path).header("cookie", &seat.cookie);
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// With the token of the session and an idempotency key.
    pub async fn post(&self, path: &str, seat: &Seat, body: &Value) -> Got {
        let request = Request::post(path)
            .header("cookie", &seat.cookie)
            .header("lokalsvar-csrf", &seat.csrf)
            .header("sec-fetch-site", "same-origin")
            .header("idempotency-key", super::key())
            .header("content-type", "application/json");
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        self.send(request.body(body).expect("a request")).await
    }

    pub async fn send(&self, request: Request<Body>) -> Got {
        let response = self.app.clone().oneshot(request).await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 22)
            .await
            .expect("a body");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Got {
            status,
            body,
            headers,
        }
    }

    /// An account with [`PASSWORD`]; of the operator without a kommune.
    pub async fn add(&self, kommune: Option<&str>, user: &str, roles: &[Role]) {
        let site = self.auth.place(kommune).expect("a kommune");
        let roles: Roles = roles.iter().copied().collect();
        let code = self
            .auth
            .add(
                site.as_ref(),
                user,
                &format!("{user} Hansen"),
                roles,
                Some(PASSWORD),
            )
            .await
            .expect("an account");
        assert_eq!(code, None);
    }

    pub async fn sign_in(
        &self,
        kommune: Option<&str>,
        user: &str,
        password: &str,
        code: Option<&str>,
    ) -> Got {
        let mut body = json!({"user": user, "password": password});
        if let Some(kommune) = kommune {
            body["kommune"] = kommune.into();
        }
        if let Some(code) = code {
            body["code"] = code.into();
        }
        self.post(path::SIGN_IN, &Seat::default(), &body).await
    }

    /// Sets up the second factor of a new account; gives the session and the app's secret.
    pub async fn enrol(&self, kommune: Option<&str>, user: &str, now_ms: i64) -> (Seat, String) {
        let offered = self.sign_in(kommune, user, PASSWORD, None).await;
        assert_eq!(offered.status, 200, "{offered:?}");
        let secret = offered.body["enrol"]["secret"].as_str().expect("a secret");
        let mut body = json!({"user": user, "password": PASSWORD, "secret": secret, "code": code(secret, now_ms)});
        if let Some(kommune) = kommune {
            body["kommune"] = kommune.into();
        }
        let got = self.post(path::ENROL, &Seat::default(), &body).await;
        assert_eq!(got.status, 200, "{got:?}");
        (got.seat(), secret.to_owned())
    }

    /// Somebody with these roles, signed in.
    pub async fn seat(&self, place: &Place, kommune: Option<&str>, roles: &[Role]) -> Seat {
        let user = format!("u{}", api::secret::random_number());
        self.add(kommune, &user, roles).await;
        self.enrol(kommune, &user, place.clock.now_ms()).await.0
    }
}

/// What an authenticator app shows.
pub fn code(secret: &str, now_ms: i64) -> String {
    let bytes = Secret::Encoded(secret.to_owned())
        .to_bytes()
        .expect("base 32");
    TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes, None, String::new())
        .expect("an app")
        .generate((now_ms / 1000).cast_unsigned())
}
