// Who is here decides what is shown: the door, or the screens.
import { useSession } from "../api/session.js";
import { ChangePin } from "./ChangePin.js";
import { Shell } from "./Shell.js";
import { SignIn } from "./SignIn.js";
import { Waiting } from "./Waiting.js";

export function App() {
  const { data: me } = useSession();
  if (me === undefined) return <Waiting />;
  if (!me) return <SignIn />;
  return me.mustChangePin ? <ChangePin me={me} /> : <Shell me={me} />;
}
