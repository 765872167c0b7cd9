import type { ConversationResult, TestReport } from "./run-conversations.ts";

/** For people: each file with its conversations, of those that failed where, why, and all that was said until then. */
export function renderReport({ results, problems, warnings }: TestReport): string {
  const files = [...new Set(results.map(({ file }) => file))];
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  const counts = [
    `${results.length - failed} passed`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(problems.length === 0 ? [] : [`${problems.length} ${problems.length === 1 ? "mistake" : "mistakes"} in files`]),
    ...(warnings.length === 0 ? [] : [`${warnings.length} ${warnings.length === 1 ? "warning" : "warnings"}`]),
  ];
  return [
    ...files.flatMap((file) => [file, ...results.filter((result) => result.file === file).flatMap(renderResult), ""]),
    ...(problems.length === 0 ? [] : ["These files cannot be played:"]),
    ...problems.map(({ file, line, message }) => `  ${file}:${line}: ${message}`),
    ...(problems.length === 0 ? [] : [""]),
    ...(warnings.length === 0 ? [] : ["Publishing would warn of this:"]),
    ...warnings.map(({ file, line, message }) => `  ${file}:${line}: ${message}`),
    ...(warnings.length === 0 ? [] : [""]),
    `Conversations: ${counts.join(", ")}.`,
  ].join("\n");
}

function renderResult({ file, title, failedLine, failure, transcript }: ConversationResult): readonly string[] {
  if (failure === undefined) return [`  ok    ${title}`];
  return [
    `  FAIL  ${title}`,
    `        ${file}:${failedLine}  ${failure.happening}`,
    ...failure.reasons.map((reason) => `          ${reason}`),
    "",
    "        What was said until then:",
    ...transcript.map((line) => `          ${line}`),
    "",
  ];
}

/**
 * In the form of JUnit, which systems that build and test read: a suite a file, a case a conversation. A warning is a case that failed with `strict`, else what
 * its file's suite has to say.
 */
export function renderJunit(
  { results, problems, warnings }: TestReport,
  { strict }: { readonly strict: boolean },
): string {
  const files = [...new Set([...results, ...problems, ...warnings].map(({ file }) => file))];
  const suites = files.map((file) => {
    const cases = results.filter((result) => result.file === file);
    const wrong = problems.filter((problem) => problem.file === file);
    const warned = warnings.filter((warning) => warning.file === file);
    const failed = strict ? warned.map((warning) => renderProblem(warning, "failure")) : [];
    const failures = cases.filter(({ failure }) => failure !== undefined).length + failed.length;
    const lines = [...cases.map(renderCase), ...wrong.map((one) => renderProblem(one, "error")), ...failed];
    const counts = `tests="${lines.length}" failures="${failures}" errors="${wrong.length}"`;
    const told = strict || warned.length === 0 ? [] : [renderOutput(warned)];
    return `  <testsuite name="${toXml(file)}" ${counts}>\n${[...lines, ...told].join("\n")}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

function renderCase({ file, title, failedLine, failure, transcript }: ConversationResult): string {
  const open = `    <testcase classname="${toXml(file)}" name="${toXml(title)}"`;
  if (failure === undefined) return `${open}/>`;
  const message = toXml(failure.reasons[0] ?? "");
  const text = [`${file}:${failedLine}  ${failure.happening}`, ...failure.reasons, "", ...transcript].join("\n");
  return `${open}>\n      <failure message="${message}">${toXml(text)}</failure>\n    </testcase>`;
}

function renderOutput(warnings: TestReport["warnings"]): string {
  const lines = warnings.map(({ file, line, message }) => `warning: ${file}:${line}: ${message}`);
  return `    <system-out>${toXml(lines.join("\n"))}</system-out>`;
}

function renderProblem({ file, line, message }: TestReport["problems"][number], element: "error" | "failure"): string {
  const text = toXml(`${file}:${line}: ${message}`);
  return `    <testcase classname="${toXml(file)}" name="line ${line}">\n      <${element} message="${text}"/>\n    </testcase>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Control characters have no place in XML, escaped or not. */
function toXml(text: string): string {
  return [...text]
    .filter((letter) => letter >= " " || "\n\t".includes(letter))
    .map((letter) => entities[letter] ?? letter)
    .join("");
}
