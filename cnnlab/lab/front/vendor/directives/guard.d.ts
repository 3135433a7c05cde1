// What the front end uses, for the type checker.
export declare const guard: (on: unknown[], template: () => unknown) => unknown;
