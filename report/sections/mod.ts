/** The sections of a report, in the order in which a reader needs them. */

import type { Section } from "../section.ts";
import { charts } from "./charts.ts";
import { config } from "./config.ts";
import { graph } from "./graph.ts";
import { media } from "./media.ts";
import { previews } from "./previews.ts";
import { provenance } from "./provenance.ts";
import { reproduce } from "./reproduce.ts";
import { scores } from "./scores.ts";
import { stages } from "./stages.ts";
import { sweep } from "./sweep.ts";

export const sections: readonly Section[] = [
  sweep,
  media,
  scores,
  charts,
  previews,
  graph,
  stages,
  config,
  provenance,
  reproduce,
];
