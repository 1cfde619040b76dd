// Puts tickets of different heights close together: each, oldest first, where the next free place is highest. So the
// oldest stand on top, and a short ticket leaves no hole. Pure.

export interface Place {
  readonly column: number;
  readonly y: number;
}

export interface Layout {
  readonly places: readonly Place[];
  readonly height: number;
}

/** As many columns as are wide enough, at least one. */
export const columnsIn = (width: number, least: number, gap: number): number =>
  Math.max(1, Math.floor((width + gap) / (least + gap)));

export function placeInColumns(heights: readonly number[], columns: number, gap: number): Layout {
  const ends = Array.from({ length: columns }, () => 0);
  const places = heights.map((height): Place => {
    const y = Math.min(...ends);
    const column = ends.indexOf(y);
    ends[column] = y + height + gap;
    return { column, y };
  });
  return { places, height: Math.max(0, Math.max(...ends) - gap) };
}
