// What the front end uses, for the type checker.
export declare const live: (value: unknown) => unknown;
