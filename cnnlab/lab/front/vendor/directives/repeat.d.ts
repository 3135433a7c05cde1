// What the front end uses, for the type checker.
export declare const repeat: <Item>(items: Item[], keyOf: (item: Item) => unknown, template: (item: Item) => unknown) => unknown;
