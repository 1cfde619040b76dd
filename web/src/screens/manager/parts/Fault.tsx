// Why something was refused: cause and remedy, and each value that is wrong.
import type { Problem } from "../../../api/problem.js";
import { useProblemWords } from "../../../words/problems.js";
import { problems } from "../problems.js";
import classes from "./parts.module.css";
import { faultLines } from "./faults.js";

export function Fault({ problem }: { readonly problem: Problem | undefined }) {
  const say = useProblemWords(problems);
  const lines = problem ? faultLines(problem.data) : [];
  return (
    <div role="alert" className={classes["fault"]}>
      {problem && <p>{say(problem)}</p>}
      {lines.length > 0 && (
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
