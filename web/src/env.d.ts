// What the build puts in.
/** Method and path of every public route, by module: src/web/routes.ts. */
declare const ROUTES: never;
