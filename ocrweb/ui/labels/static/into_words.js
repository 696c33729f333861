// Lines become words: the chosen ones, or without a choice all of the picture, as one step.
import { say } from "./words.js";

export async function intoWords(desk, api) {
  const { labels, deeds } = desk;
  const lines = (labels.chosen.size ? labels.chosenBoxes : labels.boxes.filter((one) => !one.ignored))
    .filter(({ points }) => points.length === 4);
  if (!lines.length) return deeds.refuse(say("said-no-words"));
  const { boxes } = await api.words(labels.picture, lines.map(({ points }) => points));
  if (labels !== desk.labels) return;
  deeds.intoWords(new Map(lines.map((line, i) => [line, boxes[i].map(({ points }) => points)])));
}
