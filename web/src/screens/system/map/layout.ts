// Where the modules stand on the map, and how the arrows run between them. The one that calls most stands in the middle,
// those it calls on its left, those that only hear it on its right; who hears everybody lies below as a bar. Made from
// the manifest alone, so a module that is added later finds its place too. Pure.

export interface MapModule {
  readonly name: string;
  readonly calls: readonly string[];
  readonly hears: readonly string[];
}

export interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Arrow {
  readonly kind: "call" | "event";
  readonly from: string;
  readonly to: string;
  readonly path: string;
  /** Where its figure stands. */
  readonly label: { readonly x: number; readonly y: number };
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  /** Those that hear everybody, with a box of their own below. */
  readonly bars: readonly Box[];
}

const WIDTH = 212;
const HEIGHT = 104;
const ROW = 142;
/** Burmese lines are higher. */
const BAR = 114;
const PORT = 25;
const LEAST_WIDTH = 880;

type Side = "left" | "right" | "top" | "bottom";
interface Point {
  readonly x: number;
  readonly y: number;
}
interface End {
  readonly module: string;
  readonly side: Side;
  readonly towards: Point;
}

const centre = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 });

/** Which column everybody stands in; `bars` hear everybody. */
export function columnsOf(modules: readonly MapModule[]) {
  const bars = modules.filter(
    ({ hears }) => hears.length > 2 && hears.length >= modules.length - 1,
  );
  const others = modules.filter((one) => !bars.includes(one));
  const [centreModule] = others.toSorted(
    (a, b) => b.calls.length - a.calls.length || b.hears.length - a.hears.length,
  );
  const called = others.filter((one) => centreModule?.calls.includes(one.name));
  const right = others.filter(
    (one) => one !== centreModule && !called.includes(one) && one.hears.length > 0,
  );
  const rest = others.filter(
    (one) => one !== centreModule && !called.includes(one) && !right.includes(one),
  );
  const names = (list: readonly MapModule[]) => list.map(({ name }) => name);
  return {
    left: names(called),
    rest: names(rest),
    centre: centreModule?.name,
    right: names(right),
    bars: names(bars),
  };
}

export function layOut(modules: readonly MapModule[], asked: number): MapLayout {
  const width = Math.max(LEAST_WIDTH, asked);
  const columns = columnsOf(modules);
  const rows = Math.max(columns.left.length, columns.right.length, columns.rest.length + 2, 1);
  const inner = rows * ROW - (ROW - HEIGHT);
  const middle = (width - WIDTH) / 2;

  const stack = (names: readonly string[], x: number): Box[] => {
    const step = names.length > 1 ? Math.min(ROW * 1.5, (inner - HEIGHT) / (names.length - 1)) : 0;
    const top = (inner - HEIGHT - step * (names.length - 1)) / 2;
    return names.map((name, index) => ({
      name,
      x,
      y: top + step * index,
      width: WIDTH,
      height: HEIGHT,
    }));
  };
  const rest = columns.rest.map((name, index) => ({
    name,
    x: middle,
    y: index * ROW,
    width: WIDTH,
    height: HEIGHT,
  }));
  const top = rest.length * ROW;
  const centreBox: Box[] =
    columns.centre === undefined
      ? []
      : [
          {
            name: columns.centre,
            x: middle,
            y: top,
            width: WIDTH,
            // Below it is room for arrows that pass from one side to the other.
            height: Math.max(HEIGHT, inner - top - 62),
          },
        ];
  const boxes = [
    ...stack(columns.left, 0),
    ...rest,
    ...centreBox,
    ...stack(columns.right, width - WIDTH),
  ];
  const bars = columns.bars.map((name, index) => ({
    name,
    x: 0,
    y: inner + 34 + index * (BAR + 14),
    width,
    height: BAR,
  }));
  return {
    width,
    height: bars.length > 0 ? inner + 34 + bars.length * (BAR + 14) - 14 : inner,
    boxes,
    bars,
    arrows: drawArrows(modules, boxes, columns.centre),
  };
}

interface Link {
  readonly kind: Arrow["kind"];
  readonly from: string;
  readonly to: string;
  readonly start: Side;
  readonly end: Side;
}

function drawArrows(
  modules: readonly MapModule[],
  boxes: readonly Box[],
  centreName: string | undefined,
): Arrow[] {
  const byName = new Map(boxes.map((box) => [box.name, box]));
  const links = modules.flatMap(({ name, calls, hears }): Link[] => [
    ...calls.flatMap((to) => link("call", name, to, byName)),
    ...hears.flatMap((from) => link("event", from, name, byName)),
  ]);
  const ports = portsOf(links, byName);
  const middle = centreName === undefined ? undefined : byName.get(centreName);
  let passing = 0;
  return links.map((one) => {
    const start = ports(one, "start");
    const end = ports(one, "end");
    const passes =
      middle && one.start === "right" && one.end === "left" && end.x - start.x > WIDTH * 2;
    const below = passes ? middle.y + middle.height + 22 + 24 * passing++ : undefined;
    const { kind, from, to } = one;
    return { kind, from, to, ...curve(start, end, one, below) };
  });
}

function link(
  kind: Arrow["kind"],
  from: string,
  to: string,
  byName: ReadonlyMap<string, Box>,
): Link[] {
  const a = byName.get(from);
  const b = byName.get(to);
  if (!a || !b || a === b) return [];
  if (Math.abs(a.x - b.x) < 1) {
    const down = b.y > a.y;
    return [{ kind, from, to, start: down ? "bottom" : "top", end: down ? "top" : "bottom" }];
  }
  const right = b.x > a.x;
  return [{ kind, from, to, start: right ? "right" : "left", end: right ? "left" : "right" }];
}

/** Each arrow has a place of its own on the side of a box, in the order of where the others stand: none cross there. */
function portsOf(links: readonly Link[], byName: ReadonlyMap<string, Box>) {
  const point = (name: string): Point => {
    const box = byName.get(name);
    return box ? centre(box) : { x: 0, y: 0 };
  };
  const ends = links.flatMap((one): (End & { key: string })[] => [
    { key: keyOf(one, "start"), module: one.from, side: one.start, towards: point(one.to) },
    { key: keyOf(one, "end"), module: one.to, side: one.end, towards: point(one.from) },
  ]);
  const places = new Map<string, Point>();
  const sides = new Set(ends.map(({ module, side }) => `${module} ${side}`));
  for (const which of sides) {
    const here = ends.filter(({ module, side }) => `${module} ${side}` === which);
    const [first] = here;
    const box = first && byName.get(first.module);
    if (!box) continue;
    const upright = first.side === "left" || first.side === "right";
    const sorted = here.toSorted((a, b) =>
      upright ? a.towards.y - b.towards.y : a.towards.x - b.towards.x,
    );
    const room = (upright ? box.height : box.width) - 24;
    const step = Math.min(PORT, room / Math.max(1, sorted.length - 1));
    for (const [index, end] of sorted.entries()) {
      const offset = (index - (sorted.length - 1) / 2) * step;
      const { x, y } = centre(box);
      places.set(end.key, {
        x: end.side === "left" ? box.x : end.side === "right" ? box.x + box.width : x + offset,
        y: end.side === "top" ? box.y : end.side === "bottom" ? box.y + box.height : y + offset,
      });
    }
  }
  return (one: Link, end: "start" | "end") => places.get(keyOf(one, end)) ?? { x: 0, y: 0 };
}

const keyOf = ({ kind, from, to }: Link, end: "start" | "end") => `${kind} ${from} ${to} ${end}`;

/** The head of the arrow is drawn beyond the end of the line. */
const HEAD = 7;

function curve(start: Point, tip: Point, { start: side, end: into }: Link, below?: number) {
  const end = {
    x: tip.x + (into === "left" ? -HEAD : into === "right" ? HEAD : 0),
    y: tip.y + (into === "top" ? -HEAD : into === "bottom" ? HEAD : 0),
  };
  const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
  if (side === "top" || side === "bottom")
    return {
      path: `M ${at(start)} L ${at(end)}`,
      label: { x: start.x, y: (start.y + end.y) / 2 },
    };
  const mid = { x: (start.x + end.x) / 2, y: below ?? (start.y + end.y) / 2 };
  const bend = (end.x - start.x) * (below === undefined ? 0.5 : 0.22);
  const path =
    below === undefined
      ? `M ${at(start)} C ${at({ x: start.x + bend, y: start.y })} ${at({ x: end.x - bend, y: end.y })} ${at(end)}`
      : `M ${at(start)} C ${at({ x: start.x + bend, y: start.y })} ${at({ x: mid.x - bend * 1.2, y: below })} ${at(mid)} S ${at({ x: end.x - bend, y: end.y })} ${at(end)}`;
  return { path, label: mid };
}

const round = (value: number) => Math.round(value * 10) / 10;
