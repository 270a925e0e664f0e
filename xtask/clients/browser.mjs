// Opens pages in a real Chromium: Segment's browser client, and our snippet without consent, with consent, with "do not
// track" and with "global privacy control". Arguments: Chromium, the server's address, the key, how many events. Each
// page reports what it found (cookies, what is kept) and this program checks it. Started in the folder where the client is
// installed.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [chromium, host, key, count] = process.argv.slice(2);
const segment = "node_modules/@segment/analytics-next/dist/umd/";

const report = `const report = () => fetch("/done", { method: "POST", body: JSON.stringify({
  cookie: document.cookie, kept: Object.keys(localStorage).length + Object.keys(sessionStorage).length }) });`;
const snippet = `<script src="${host}/mehrwert.js" data-key="${key}"></script>`;
const calls = `for (let n = 0; n < ${count}; n++) mehrwert.track("Quote Requested", { n }); setTimeout(report, 2000);`;
const lie = (name, value) => `<script>Object.defineProperty(navigator, "${name}", { value: ${value} })</script>`;
const pages = {
  "/segment": `<script src="/umd/index.js"></script><script>${report}
    const analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey: "${key}", cdnURL: "${host}" },
      { integrations: { "Segment.io": { apiHost: "${host.replace("http://", "")}/v1", protocol: "http" } } });
    (async () => {
      for (let n = 0; n < ${count}; n++) await analytics.track("Quote Requested", { n });
      setTimeout(report, 2000);
    })();</script>`,
  "/silent-dnt": `${lie("doNotTrack", '"1"')}${snippet}<script>${report}mehrwert.consent(true);${calls}</script>`,
  "/silent-gpc": `${lie("globalPrivacyControl", "true")}${snippet}<script>${report}mehrwert.consent(true);${calls}</script>`,
  "/no-consent": `${snippet}<script>${report}mehrwert.identify("u-1");history.pushState({}, "", "/other");${calls}</script>`,
  "/consent": `${snippet}<script>${report}mehrwert.consent(true);${calls}</script>`,
};

let done;
const server = createServer((request, response) => {
  const path = request.url.split("?")[0];
  if (path === "/done") {
    let body = "";
    request.on("data", (part) => (body += part)).on("end", () => { response.end(); done(JSON.parse(body)); });
  } else if (path.startsWith("/umd/")) {
    response.setHeader("content-type", "text/javascript").end(readFileSync(segment + path.slice(5)));
  } else {
    response.setHeader("content-type", "text/html").end(`<!doctype html><title>page</title>${pages[path] ?? ""}`);
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const own = `http://127.0.0.1:${server.address().port}`;

for (const path of Object.keys(pages)) {
  const profile = mkdtempSync(join(tmpdir(), "mehrwert-browser-"));
  const finished = new Promise((resolve) => (done = resolve));
  const address = `${own}${path}?utm_source=newsletter&utm_campaign=spring`;
  const browser = spawn(chromium, ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    `--user-data-dir=${profile}`, "--remote-debugging-port=0", address], { stdio: "ignore", detached: true });
  const late = setTimeout(() => { process.kill(-browser.pid, "SIGKILL"); console.error(`${path}: the page did not finish`); process.exit(1); }, 30_000);
  const found = await finished;
  clearTimeout(late);
  const ended = new Promise((resolve) => browser.on("exit", resolve));
  // With all its helpers, which would go on writing into the profile.
  process.kill(-browser.pid, "SIGKILL");
  await ended;
  rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  const keeps = path === "/consent" || path === "/segment";
  if (path !== "/segment" && found.cookie !== "") { console.error(`${path}: a cookie was set: ${found.cookie}`); process.exit(1); }
  if (!keeps && found.kept !== 0) { console.error(`${path}: something is kept without consent`); process.exit(1); }
  if (path === "/consent" && found.kept !== 1) { console.error(`${path}: nothing is kept with consent`); process.exit(1); }
}
server.close();
