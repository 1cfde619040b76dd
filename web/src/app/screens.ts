// The screens there are, and who sees which. Each is loaded when it is opened: the till never waits for a chart.
import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import {
  IconBuildingStore,
  IconChartBar,
  IconSitemap,
  IconToolsKitchen2,
  type TablerIcon,
} from "@tabler/icons-react";

export interface Screen {
  readonly path: string;
  readonly word: "shell.till" | "shell.kitchen" | "shell.manager" | "shell.system";
  readonly icon: TablerIcon;
  /** What one must be allowed to do to see it. */
  readonly permission: string;
  readonly Page: LazyExoticComponent<ComponentType>;
}

export const screens: readonly Screen[] = [
  {
    path: "/till",
    word: "shell.till",
    icon: IconBuildingStore,
    permission: "orders.place",
    Page: lazy(() => import("../screens/till/index.js")),
  },
  {
    path: "/kitchen",
    word: "shell.kitchen",
    icon: IconToolsKitchen2,
    permission: "kitchen.read",
    Page: lazy(() => import("../screens/kitchen/index.js")),
  },
  {
    path: "/manager",
    word: "shell.manager",
    icon: IconChartBar,
    permission: "reporting.read",
    Page: lazy(() => import("../screens/manager/index.js")),
  },
  {
    path: "/system",
    word: "shell.system",
    icon: IconSitemap,
    permission: "system.operate",
    Page: lazy(() => import("../screens/system/index.js")),
  },
];
