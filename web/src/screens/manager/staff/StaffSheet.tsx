// One person: name, role, a PIN for their next sign-in; archived, brought back, signed out everywhere. Or a new one. One's
// own PIN is changed with the current one.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, queries } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";
import { useSession } from "../../../api/session.js";
import { ChoosePin } from "../../../parts/ChoosePin.js";
import { westernDigits } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import { useAction, useSay } from "../parts/action.js";
import parts from "../parts/parts.module.css";
import { Sheet } from "../parts/Sheet.js";
import { SheetFoot } from "../parts/SheetFoot.js";
import { manager } from "../words.js";
import type { Person } from "./person.js";
import { staff } from "./words.js";

const ROLES = ["manager", "cashier", "kitchen"] as const;
type Role = (typeof ROLES)[number];

interface StaffSheetProps {
  readonly person: Person | undefined;
  onClose(this: void): void;
}

export function StaffSheet({ person: opened, onClose }: StaffSheetProps) {
  const t = useWords(staff);
  const words = useWords(manager);
  const client = useQueryClient();
  const say = useSay();
  const { data: me } = useSession();
  const { busy, problem, run } = useAction();
  const [person, setPerson] = useState(opened);
  const [name, setName] = useState(person?.name ?? "");
  const [role, setRole] = useState<Role>(person?.role ?? "cashier");
  const [pin, setPin] = useState("");
  const [choosing, setChoosing] = useState(false);
  const own = person !== undefined && person.id === me?.id;

  /** What others made of this person is shown before it can be changed again; what only this one typed stays. */
  const learn = async (id: string) => {
    const now = (await api.auth.staff.list()).items.find((one) => one.id === id);
    if (!now) return;
    setPerson(now);
    if (now.name !== person?.name) setName(now.name);
    if (now.role !== person?.role) setRole(now.role);
  };
  const change = async ({ id, version }: Person, edit: object) => {
    try {
      await api.auth.staff.update({ id, version, ...edit });
    } catch (error) {
      if (problemOf(error).code === "version-conflict") await learn(id);
      throw error;
    } finally {
      await client.invalidateQueries({ queryKey: queries.auth.staff.key() });
    }
  };
  const save = () =>
    run(async () => {
      if (person) {
        await change(person, {
          ...(name.trim() !== person.name && { name: name.trim() }),
          ...(role !== person.role && { role }),
          ...(pin !== "" && { pin }),
        });
      } else {
        await api.auth.staff.create({ name: name.trim(), role, pin });
        await client.invalidateQueries({ queryKey: queries.auth.staff.key() });
      }
      say(words("manager.saved"));
      onClose();
    });
  const archive = (one: Person) =>
    run(async () => {
      const { archived } = one;
      await change(one, { archived: !archived });
      const who = { name: name.trim() };
      say(archived ? t("staff.restored-said", who) : t("staff.archived-said", who));
      onClose();
    });
  const signOut = ({ id }: Person) =>
    run(async () => {
      const { ended } = await api.auth.staff.signOut({ id });
      say(t("staff.signed-out", { name: name.trim(), count: ended }));
      onClose();
    });

  if (choosing) {
    const chosen = async () => {
      await client.invalidateQueries({ queryKey: queries.auth.staff.key() });
      say(words("manager.saved"));
      onClose();
    };
    return (
      <Sheet key="pin" title={t("staff.own-pin")} onClose={onClose}>
        <ChoosePin current="yours" onChosen={chosen} />
      </Sheet>
    );
  }
  return (
    <Sheet key="person" title={person?.name ?? t("staff.new")} onClose={onClose}>
      <form
        className={parts["form"]}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className={parts["pair"]}>
          <TextInput
            size="md"
            label={t("staff.name")}
            required
            data-autofocus
            maxLength={60}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            size="md"
            label={t("staff.role")}
            value={role}
            data={ROLES.map((value) => ({ value, label: t(`staff.${value}`) }))}
            onChange={({ currentTarget }) =>
              setRole(ROLES.find((one) => one === currentTarget.value) ?? role)
            }
          />
        </div>
        {own ? (
          <Button variant="default" size="md" onClick={() => setChoosing(true)}>
            {t("staff.own-pin")}
          </Button>
        ) : (
          <TextInput
            size="md"
            label={t(person ? "staff.new-pin" : "staff.first-pin")}
            description={t(person ? "staff.keep-pin-hint" : "staff.pin-hint")}
            required={!person}
            inputMode="numeric"
            autoComplete="off"
            pattern="[0-9]{4,12}"
            maxLength={12}
            value={pin}
            onChange={(event) => setPin(westernDigits(event.currentTarget.value))}
          />
        )}
        {person && !own && <p className={parts["note"]}>{t("staff.signs-out")}</p>}
        <SheetFoot problem={problem} busy={busy} onCancel={onClose}>
          {person && (
            <div className={parts["row"]}>
              <Button
                variant="light"
                color={person.archived ? "leaf" : "chilli"}
                size="md"
                loading={busy}
                onClick={() => void archive(person)}
              >
                {words(person.archived ? "manager.restore" : "manager.archive")}
              </Button>
              {!person.archived && !own && (
                <Button
                  variant="default"
                  size="md"
                  loading={busy}
                  onClick={() => void signOut(person)}
                >
                  {t("staff.sign-out")}
                </Button>
              )}
            </div>
          )}
        </SheetFoot>
      </form>
    </Sheet>
  );
}
