// Mehrwert's snippet. Without consent nothing is kept in the browser: the visitor's id lives as long as the page. With
// "do not track" or "global privacy control" nothing is sent at all.
//   <script async src="https://HOST/mehrwert.js" data-key="mw_..."></script>
//   mehrwert.page(), mehrwert.track(name, properties), mehrwert.identify(user, traits), mehrwert.consent(true)
(() => {
  const script = document.currentScript, nav = navigator, place = location,
  silent = nav.globalPrivacyControl || nav.doNotTrack == 1,
  random = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => (b + 256).toString(16).slice(1)).join(""),
  store = (f, value) => { try { return localStorage[f]("mehrwert", value) } catch {} },
  bare = url => url.split(/[?#]/)[0],
  kept = JSON.parse(!silent && store("getItem") || "{}");
  let agreed = kept.a, anonymous = kept.a || random(), user = kept.u, seen, referrer = bare(document.referrer);
  // The campaign stands in the address of the first page and holds for the visit.
  const campaign = {};
  for (const [name, value] of new URLSearchParams(place.search))
    if (name.startsWith("utm_")) campaign[name == "utm_campaign" ? "name" : name.slice(4)] = value;
  const save = () => agreed ? store("setItem", JSON.stringify({ a: anonymous, u: user })) : store("removeItem");
  const send = (type, fields) => {
    if (silent) return;
    const to = new URL("/v1/" + type, script.src).href;
    const body = JSON.stringify({
      ...fields, anonymousId: anonymous, userId: user, messageId: random(), writeKey: script.dataset.key,
      context: { campaign, locale: nav.language, page: { path: place.pathname, url: bare(place.href), referrer, title: document.title } }
    });
    nav.sendBeacon?.(to, body) || fetch(to, { method: "POST", body, keepalive: true }).catch(() => {});
  };
  const page = (name, properties) => send("page", { name, properties }),
  track = (event, properties) => send("track", { event, properties }),
  identify = (id, traits) => { user = id; agreed && save(); send("identify", { traits }) },
  consent = yes => {
    if (silent) return;
    agreed = yes;
    if (!yes) { anonymous = random(); user = null }
    save();
  };
  // Pages that change without loading.
  const moved = () => {
    if (seen == place.pathname) return;
    if (seen) referrer = place.origin + seen;
    seen = place.pathname;
    page();
  };
  for (const name of ["pushState", "replaceState"]) {
    const real = history[name];
    history[name] = (...all) => { real.apply(history, all); moved() };
  }
  addEventListener("popstate", moved);
  window.mehrwert = { page, track, identify, consent };
  moved();
})();
