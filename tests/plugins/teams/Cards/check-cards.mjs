// Parses Adaptive Cards with Microsoft's own package adaptivecards and says what it finds wrong with each.
// stdin: {"modules", "cards": [card, …]}; stdout: [[finding, …], …].
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";

const { modules, cards } = JSON.parse(readFileSync(0, "utf8"));
const AC = createRequire(join(modules, "/"))("adaptivecards/dist/adaptivecards.js");
AC.GlobalSettings.enableFallback = true;
const findings = cards.map((json) => {
  const card = new AC.AdaptiveCard();
  card.hostConfig = new AC.HostConfig({ actions: { maxActions: 6 } }); // what Teams shows
  const context = new AC.SerializationContext(AC.Versions.v1_5);
  const found = [];
  try {
    card.parse(json, context);
    for (let i = 0; i < context.eventCount; i++) found.push(context.getEventAt(i));
    found.push(...card.validateProperties().validationEvents);
  } catch (error) {
    found.push({ event: AC.ValidationEvent.Other, message: String(error.message ?? error) });
  }
  return found.map(({ event, message }) => `${AC.ValidationEvent[event]}: ${message}`);
});
process.stdout.write(JSON.stringify(findings));
