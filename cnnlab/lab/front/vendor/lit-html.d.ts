// What the front end uses of lit-html, for the type checker.
export interface TemplateResult {
  strings: TemplateStringsArray;
  values: unknown[];
}
export declare const html: (strings: TemplateStringsArray, ...values: unknown[]) => TemplateResult;
export declare const svg: typeof html;
export declare const noChange: unique symbol;
export declare const nothing: unique symbol;
export declare const render: (value: unknown, container: Element, options?: { host?: object; renderBefore?: Node | null }) => object;
