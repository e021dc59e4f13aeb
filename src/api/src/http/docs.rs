//! The OpenAPI document and a page that shows it without scripts.

use super::App;
use axum::http::header;
use axum::response::{Html, IntoResponse as _};
use axum::routing::{MethodRouter, get};
use std::fmt::Write as _;

/// What stands at the top of the document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Lokalsvar", description = "Booking of visits at a kommune, and talking with a person there. Every request of a citizen names its site with the header `lokalsvar-site`; every POST has an `idempotency-key`, a UUID that is the same for every retry. Those who work at the kommune have a session instead. Errors are application/problem+json.", license(name = "MPL-2.0", identifier = "MPL-2.0")),
    tags((name = "before", description = "Services and free times"), (name = "hold", description = "Keeping a time"),
        (name = "booking", description = "Bookings"), (name = "data", description = "Rights of the person"), (name = "talk", description = "Talking with a person"),
        (name = "staff", description = "Those who work at the kommune: a session cookie instead of a site key, and the header `lokalsvar-csrf` on every POST"))
)]
pub(super) struct Api;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
h2{margin-top:2rem;border-top:1px solid #ccc;padding-top:1rem;font-size:1.1rem}code{background:#f0f0f0;padding:0 .2em}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;border-bottom:1px solid #ddd;padding:.3rem;vertical-align:top}";

/// The document, the page and its style.
pub(super) fn routes(text: String) -> [(&'static str, MethodRouter<App>); 3] {
    let page = page(&text);
    let json = [(header::CONTENT_TYPE, "application/json")];
    let css = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    [
        (
            "/api/openapi.json",
            get(move || async move { (json, text).into_response() }),
        ),
        (
            "/api/style.css",
            get(move || async move { (css, STYLE).into_response() }),
        ),
        ("/api/", get(move || async move { Html(page) })),
    ]
}

/// The document as a page: a heading per route, its parameters, its messages.
fn page(text: &str) -> String {
    let api: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let mut out = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Lokalsvar API</title><link rel=\"stylesheet\" href=\"/api/style.css\"><main><h1>Lokalsvar API</h1>",
    );
    let word = |value: &serde_json::Value| escaped(value.as_str().unwrap_or_default());
    let _ = write!(
        out,
        "<p>{}</p><p><a href=\"/api/openapi.json\">openapi.json</a></p>",
        word(&api["info"]["description"])
    );
    for (path, methods) in api["paths"].as_object().into_iter().flatten() {
        for (method, route) in methods.as_object().into_iter().flatten() {
            let _ = write!(
                out,
                "<h2><code>{} {}</code></h2><p>{}</p><table><tr><th>Part<th>Name<th>What",
                escaped(&method.to_uppercase()),
                escaped(path),
                word(&route["summary"])
            );
            for p in route["parameters"].as_array().into_iter().flatten() {
                let what = word(&p["description"]);
                let _ = write!(
                    out,
                    "<tr><td>{}<td><code>{}</code><td>{what}",
                    word(&p["in"]),
                    word(&p["name"])
                );
            }
            let body = &route["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            if body.is_string() {
                let _ = write!(out, "<tr><td>body<td>{}<td>", message(body));
            }
            for (status, answer) in route["responses"].as_object().into_iter().flatten() {
                let content = answer["content"].as_object().into_iter().flatten().next();
                let (kind, what) = content
                    .map_or((String::new(), String::new()), |(kind, what)| {
                        (escaped(kind), message(&what["schema"]["$ref"]))
                    });
                let _ = write!(out, "<tr><td>{}<td>{what}<td>{kind}", escaped(status));
            }
            out.push_str("</table>");
        }
    }
    out.push_str("<h1>Messages</h1>");
    for (name, schema) in api["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let _ = write!(
            out,
            "<h2 id=\"{0}\"><code>{0}</code></h2><p>{1}</p>",
            escaped(name),
            word(&schema["description"])
        );
        if let Some(fields) = schema["properties"].as_object() {
            out.push_str("<table>");
            for (field, what) in fields {
                let _ = write!(
                    out,
                    "<tr><td><code>{}</code><td>{}",
                    escaped(field),
                    word(&what["description"])
                );
            }
            out.push_str("</table>");
        }
    }
    out.push_str("</main></html>");
    out
}

fn message(reference: &serde_json::Value) -> String {
    let name = reference
        .as_str()
        .and_then(|r| r.rsplit('/').next())
        .unwrap_or_default();
    format!("<a href=\"#{0}\">{0}</a>", escaped(name))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
