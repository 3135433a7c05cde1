// What an explorer shows and what it may be asked: the twins of cnnlab/lab/scenes/schema.py and cnnlab/lab/explorers/explorer.py.
// Types alone: no other module imports this one when it runs. A test compares the fields with those of Python.

/** @typedef {[number, number, number]} Cell plane, row, column as drawn: padding too */
/** @typedef {{panel: string, cell: Cell}} At */
/** @typedef {[string, string]} Span a style, "" for none, and a text */
/** @typedef {Span[]} Line */
/** @typedef {{dtype: "f4" | "f8", data: DataView}} Packed an array on its way */
/** @typedef {Float64Array | Float32Array} Numbers */

/**
 * @typedef {object} Wires every wire of the planes, with every one of the rows, with every one of the columns
 * @property {Record<string, number[]>} planes
 * @property {Record<string, number[]>} rows
 * @property {Record<string, number[]>} columns
 */

/**
 * @typedef {object} Shares
 * @property {number[]} shape
 * @property {Numbers} values
 */

/**
 * @typedef {object} Sum
 * @property {string} wires
 * @property {string} a
 * @property {string} b
 * @property {string} opening
 * @property {string} joiner
 * @property {string} closing
 * @property {string} [goes]
 * @property {string} [via]
 * @property {string} [bias]
 * @property {boolean} [values]
 * @property {number[]} [skips]
 * @property {string[]} [uses]
 * @property {Numbers} [groups]
 */

/**
 * @typedef {object} Says
 * @property {string} none
 * @property {string} one
 * @property {string} many
 * @property {string} [code]
 * @property {string[]} [kinds]
 * @property {string} [ring]
 */

/**
 * @typedef {object} Edges
 * @property {number[]} rows
 * @property {number[]} columns
 */

/**
 * @typedef {object} Places
 * @property {number[][]} planes
 * @property {number[]} rows
 * @property {number[]} columns
 */

/**
 * @typedef {object} Curve
 * @property {string} name
 * @property {Numbers} x
 * @property {Numbers} y
 */

/**
 * @typedef {object} Chart
 * @property {string} unit
 * @property {number} top
 * @property {number} last
 * @property {number} ticks
 * @property {string} label
 * @property {Curve[]} lines
 */

/**
 * @typedef {object} Panel
 * @property {string} name
 * @property {string} symbol
 * @property {string} title
 * @property {string} role
 * @property {"cells" | "maps" | "photo" | "bars" | "chart"} view
 * @property {number} row
 * @property {number} column
 * @property {[number, number]} planes
 * @property {[number, number]} shape
 * @property {Numbers} values
 * @property {number} limit
 * @property {Places} places
 * @property {string} [end]
 * @property {Sum} [sum]
 * @property {Says} [says]
 * @property {string} [alias]
 * @property {Edges} [edges]
 * @property {Edges} [unread]
 * @property {Record<string, Cell[]>} [marks]
 * @property {Numbers} [frames]
 * @property {Shares} [shares]
 * @property {boolean} [editable]
 * @property {boolean} [active]
 * @property {boolean} [turned]
 * @property {string} [gradient]
 * @property {"signed" | "grey"} [palette]
 * @property {number} [band]
 * @property {number} [scale]
 * @property {string[]} [captions]
 * @property {number} [best]
 * @property {number[]} [lengths]
 * @property {string[]} [texts]
 * @property {number} [blocks]
 * @property {string[]} [heads]
 * @property {Chart} [chart]
 */

/**
 * @typedef {object} Scene
 * @property {Panel[]} panels
 * @property {string[]} signs
 * @property {Record<string, Wires>} wires
 * @property {At} first
 * @property {string} [steps]
 * @property {string} [topic]
 * @property {string} [heading]
 * @property {string} [note]
 * @property {boolean} [pick]
 * @property {boolean} [compact]
 * @property {number} [inset]
 * @property {string} [coverage]
 * @property {string} [window]
 * @property {Shares} [shares]
 * @property {[string, string][]} [lines]
 * @property {string} [setup]
 */

/**
 * @typedef {object} Control
 * @property {string} name
 * @property {"slider" | "select" | "switch" | "tabs" | "radio" | "text" | "button" | "pad"} kind
 * @property {string} label
 * @property {string} place
 * @property {string} [letter]
 * @property {any} [value]
 * @property {number} [low]
 * @property {number} [high]
 * @property {[any, string][]} [options]
 * @property {string} [text]
 * @property {boolean} [disabled]
 * @property {any[]} [missing] options that a page without a kernel does not have
 * @property {string} [title]
 */

/**
 * @typedef {object} Stack
 * @property {number[]} sizes
 * @property {[string, number, number, number][]} layers
 * @property {[number, number, number][]} fields
 */

/**
 * @typedef {object} Grid
 * @property {string[]} columns
 * @property {GridRow[]} rows
 */

/**
 * @typedef {object} GridRow
 * @property {string} name
 * @property {GridCell[]} cells
 */

/**
 * @typedef {object} GridCell
 * @property {string} text
 * @property {string} says
 * @property {string} style
 * @property {string} press
 */

/**
 * @typedef {object} Part
 * @property {string} kind
 * @property {Control[]} [controls]
 * @property {Line[]} [lines]
 * @property {Line} [note]
 * @property {Scene} [scene]
 * @property {boolean} [abreast]
 * @property {string} [fold]
 * @property {Stack} [stack]
 * @property {Grid} [table]
 * @property {[number, number]} [progress] steps made, and steps in all
 * @property {boolean} [alive] whether it goes on by itself
 */

/**
 * @typedef {object} Shown
 * @property {number} serial
 * @property {Part[]} parts
 * @property {boolean} undo
 * @property {string} [veil] the key of the question whose answer it would show
 */

export {};
