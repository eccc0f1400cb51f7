/** `--point lr=0.001`: a part of a sweep. */

import { Diagnostics } from "../config/diagnostic.ts";
import { didYouMean } from "../config/did_you_mean.ts";
import { type Point, pointId, project } from "./matrix_points.ts";
import { parseYaml } from "../config/parse_yaml.ts";
import { identityOf, type Matrix } from "./read_matrix.ts";

/** A choice that fits no point of the sweep. */
export class PointChoiceError extends RangeError {
  override readonly name = "PointChoiceError";
}

/**
 * Keeps the points that were asked for. Values of one variable add up, those of several restrict each
 * other; a matrix without the variable keeps all of its points.
 *
 * @param choices `variable=value`; the value as in the config, or as in the names of stages.
 * @throws {PointChoiceError} When a choice names no variable or no value there is, or leaves no point.
 */
export function choosePoints(
  matrices: readonly Matrix[],
  choices: readonly string[],
): readonly Matrix[] {
  const wanted = Map.groupBy(choices.map((text) => readChoice(text, matrices)), ({ name }) => name);
  if (wanted.size === 0) return matrices;
  return matrices.map((matrix) => {
    const own = [...wanted].filter(([name]) => matrix.variables.has(name));
    const points = matrix.points.filter((point) =>
      own.every(([name, values]) => values.some((value) => value.matches(point.get(name))))
    );
    if (points.length > 0) return { ...matrix, points };
    throw new PointChoiceError(`Cannot choose ${choices.join(", ")}: no point has them all`);
  });
}

interface Choice {
  readonly name: string;
  matches(value: { readonly id: string; readonly label: string } | undefined): boolean;
}

function readChoice(text: string, matrices: readonly Matrix[]): Choice {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const matrix = matrices.find(({ variables }) => variables.has(name));
  if (matrix === undefined) {
    const known = matrices.flatMap(({ variables }) => [...variables.keys()]);
    const hint = didYouMean(name, known) ?? (known.length === 0 ? "The config has no matrix" : "");
    throw new PointChoiceError(`Cannot choose "${text}": unknown variable "${name}". ${hint}`);
  }
  if (equals < 0) {
    throw new PointChoiceError(`Cannot choose "${text}": it must look like ${name}=value`);
  }
  const written = text.slice(equals + 1);
  const node = parseYaml({ file: "--point", text, kind: "option" }, new Diagnostics(), equals + 1);
  const id = node === undefined ? undefined : identityOf(node);
  const matches: Choice["matches"] = (value) =>
    value !== undefined && (value.id === id || value.label === written);
  if (!matrix.points.some((point) => matches(point.get(name)))) {
    const labels = valuesOf(matrix.points, name);
    const shown = labels.length > 20 ? [...labels.slice(0, 20), "..."] : labels;
    const message = `no point has that value; those of "${name}" are ${shown.join(", ")}`;
    throw new PointChoiceError(`Cannot choose "${text}": ${message}`);
  }
  return { name, matches };
}

function valuesOf(points: readonly Point[], name: string): readonly string[] {
  const values = new Map(points.map((point) => [pointId(project(point, [name])), point.get(name)]));
  return [...values.values()].flatMap((value) => value?.label ?? []);
}
