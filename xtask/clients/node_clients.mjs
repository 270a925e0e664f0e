// Sends events through the Node clients of Segment and RudderStack as their documentation says, and waits until each has
// delivered them. Arguments: which client, the server's address, the key, how many events. Started in the folder where
// the clients are installed.
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const [name, host, key, count] = process.argv.slice(2);

if (name === "segment") {
  const { Analytics } = require("@segment/analytics-node");
  const analytics = new Analytics({ writeKey: key, host });
  analytics.on("error", (error) => { console.error(error); process.exit(1); });
  for (let number = 0; number < Number(count); number++)
    analytics.track({ userId: `node-${number}`, event: "Quote Requested", properties: { number } });
  await analytics.closeAndFlush();
} else {
  const RudderAnalytics = require("@rudderstack/rudder-sdk-node").default ?? require("@rudderstack/rudder-sdk-node");
  const analytics = new RudderAnalytics(key, { dataPlaneUrl: host, flushInterval: 100 });
  const track = (number) => new Promise((delivered, failed) => {
    const event = { userId: `rudder-node-${number}`, event: "Quote Requested", properties: { number } };
    analytics.track(event, (error) => (error ? failed(error) : delivered()));
  });
  await Promise.all([...Array(Number(count)).keys()].map(track));
  process.exit(0);
}
