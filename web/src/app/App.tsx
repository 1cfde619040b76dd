// Who is here decides what is shown: the door, or the screens.
import { problemOf } from "../api/problem.js";
import { useSession } from "../api/session.js";
import { useProblemWords } from "../words/problems.js";
import { ChangePin } from "./ChangePin.js";
import { Shell } from "./Shell.js";
import { SignIn } from "./SignIn.js";
import { Waiting } from "./Waiting.js";

export function App() {
  const say = useProblemWords();
  const { data: me, failureReason } = useSession();
  if (me === undefined) {
    return <Waiting {...(failureReason && { why: say(problemOf(failureReason)) })} />;
  }
  if (!me) return <SignIn />;
  return me.mustChangePin ? <ChangePin me={me} /> : <Shell me={me} />;
}
