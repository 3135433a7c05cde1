// What an explorer shows and what it may be asked, made by .ci/schema.py from cnnlab/lab/scenes/schema.py and
// cnnlab/lab/explorers: change it there. Types alone: no other module imports this one when it runs.

/** @typedef {[number, number, number]} Cell plane, row, column as drawn: padding too */
/** @typedef {[string, string]} Span a style, "" for none, and a text */
/** @typedef {Span[]} Line */
/** @typedef {{dtype: "f4" | "f8", data: DataView}} Packed an array on its way */
/** @typedef {Float64Array | Float32Array} Numbers */

/**
 * @typedef {object} At A cell of a panel.
 * @property {string} panel
 * @property {Cell} cell
 */

/**
 * @typedef {object} Wires Wires between cells: all combinations of one wire of the planes, one of the rows and one of the columns.
 * @property {Record<string, number[]>} planes
 * @property {Record<string, number[]>} rows
 * @property {Record<string, number[]>} columns
 */

/**
 * @typedef {object} WireList Wires one by one, for arbitrary functions: the k-th joins the k-th cell of each end, and has a weight.
 * @property {Record<string, Cell[]>} cells
 * @property {number[]} weight
 * @property {string[]} [state] for a learner's function, compared with the right one: "both", "missing" or "extra"
 */

/**
 * @typedef {object} Shares The share of each wire if there is no kernel: values (C, *shape) with shape (out_h, out_w, kh, kw).
 * @property {number[]} shape
 * @property {Numbers} values
 */

/**
 * @typedef {object} Sum What the strip writes for a cell of a panel, one term per wire.
 * @property {string} wires the key of the scene's wires
 * @property {string} a
 * @property {string} b
 * @property {string} opening
 * @property {string} joiner
 * @property {string} closing
 * @property {string} [goes]
 * @property {string} [via] a panel that the wires pass through
 * @property {string} [bias] a panel whose cell is added at the end
 * @property {boolean} [values] chips show only a; the share is shown by highlighting
 * @property {number[]} [skips] kinds of cell, as in Edges, that are skipped: not written, and not in {count}
 * @property {string[]} [uses] the note on a if the share is 0, and if it is not
 * @property {string} [adds] a panel whose cells are added with weight 1, along the wires of that name
 * @property {Numbers} [right] the right totals, if the panel's are a learner's (planes, height, width)
 * @property {Numbers} [groups] what each wire of the planes adds to the total (wires, height, width)
 */

/**
 * @typedef {object} Says The sentences on a cell with no wire, with one and with more; and its line of numpy.
 * @property {string} none
 * @property {string} one
 * @property {string} many
 * @property {string} [code]
 * @property {string[]} [kinds]
 * @property {string} [ring] added to the sentence on a padding cell
 * @property {string[]} [cells] replaces them: a sentence for each cell, in reading order
 */

/**
 * @typedef {object} Edges Which rows and columns are cells of the array (0), padding (1), or beyond the padded edge (2).
 * @property {number[]} rows
 * @property {number[]} columns
 */

/**
 * @typedef {object} Places The index of each drawn plane, row and column in the learner's array; an empty list omits the index.
 * @property {number[][]} planes
 * @property {number[]} rows
 * @property {number[]} columns
 */

/**
 * @typedef {object} Sight For each row (top, bottom) and column (left, right): where its receptive field begins and ends in the image.
 * @property {number[]} top
 * @property {number[]} bottom
 * @property {number[]} left
 * @property {number[]} right
 */

/**
 * @typedef {object} Curve A line of a chart.
 * @property {string} name
 * @property {Numbers} x
 * @property {Numbers} y
 * @property {number[]} [mark] the position of its mark, if not at its end; the label is then only the name
 */

/**
 * @typedef {object} Chart The axes and lines of a chart: the ranges of x and y, and the ticks of x with their labels.
 * @property {string} unit
 * @property {number[]} x
 * @property {number[]} y
 * @property {number[]} ticks
 * @property {string} label
 * @property {Curve[]} lines
 * @property {any[]} [drags] [name, step, least, most] of the slider that follows the pointer along x
 */

/**
 * @typedef {object} Panel One array or chart at its place on the stage; "maps" have too many cells for an element each.
 * @property {string} name
 * @property {string} symbol its symbol; "_" begins a subscript
 * @property {string} title
 * @property {string} role the colour of its symbol and of its numbers in the strip: x, w, y, b or gradient
 * @property {"cells" | "maps" | "photo" | "bars" | "chart" | "none"} view "none": only read by sums
 * @property {number} row
 * @property {number} column
 * @property {number[]} planes [down, across]: planes are numbered down each column first
 * @property {number[]} shape [height, width] of a plane
 * @property {Numbers} values (planes, height, width)
 * @property {number} limit the magnitude shown in full colour
 * @property {Places} places
 * @property {string} [end]
 * @property {Sum} [sum]
 * @property {Says} [says]
 * @property {string} [alias] the name of its cells, if not the symbol
 * @property {Edges} [edges]
 * @property {Edges} [unread] 1 for rows and columns that no window reads
 * @property {Record<string, Cell[]>} [marks]
 * @property {Numbers} [frames] (steps, planes, height, width): its values after each step
 * @property {Shares} [shares]
 * @property {boolean} [flat] drawn as a single strip, with one index per cell
 * @property {Sight} [sees]
 * @property {boolean} [editable]
 * @property {boolean} [active]
 * @property {boolean} [turned]
 * @property {string} [gradient] the panel whose sum is shown for a cell of this one while the backward row is visible
 * @property {"signed" | "grey"} [palette]
 * @property {number} [band] panels of one band share their columns; bands are stacked
 * @property {number} [scale] the side of a cell, where 1 is one with a number
 * @property {string[]} [captions] one for each plane, or for each bar
 * @property {number} [best] the highlighted bar; -1 for none
 * @property {number[]} [lengths] of the bars, from 0 to 1, if not the values
 * @property {string[]} [texts] the text at the end of each bar, if not a percentage
 * @property {string[]} [heads] the names of the rows and columns of a plane, whose indices are written beside it
 * @property {Chart} [chart]
 */

/**
 * @typedef {object} Scene Everything that one stage shows.
 * @property {Panel[]} panels
 * @property {string[]} signs between the columns of the first row
 * @property {Record<string, Wires | WireList>} wires
 * @property {At} first the first selection
 * @property {boolean} [held] it stays when the pointer moves away
 * @property {string} [steps] the panel that the transport steps through
 * @property {string} [topic] a new topic starts at its own first selection
 * @property {string} [heading]
 * @property {string} [note]
 * @property {boolean} [pick] clicks are sent to the kernel
 * @property {boolean} [compact] many small maps without numbers
 * @property {boolean} [network] layers side by side, each a column of maps, with wires between them
 * @property {string} [coverage] the panel on which it can be shown how many outputs read a cell
 * @property {string} [window] the panel that shows the window of the selected output, enlarged
 * @property {Shares} [shares]
 * @property {string} [setup] the code that defines xp, for a line that reads it
 */

/**
 * @typedef {object} Control One control as the front end draws it.
 * @property {string} name
 * @property {string} kind
 * @property {string} label
 * @property {string} [place]
 * @property {string} [letter]
 * @property {any} [value]
 * @property {number} [low]
 * @property {number} [high]
 * @property {any[][]} [options]
 * @property {string[]} [pictures] of the options, if they are chosen by thumbnails
 * @property {string} [text] what a slider shows instead of its number; the kind of text in a text field
 * @property {boolean} [disabled]
 * @property {any[]} [missing] options that a page without a kernel lacks
 * @property {string} [lacks] the message of such a page for a slider value that it lacks
 * @property {string} [title]
 */

/**
 * @typedef {object} Part One part of an explorer; parts are stacked, those with abreast side by side if they fit.
 * @property {string} kind
 * @property {Control[]} [controls]
 * @property {Line[]} [lines]
 * @property {Line} [note] a line below; its space is kept while it is empty
 * @property {Scene} [scene]
 * @property {Stack} [stack]
 * @property {Grid} [table]
 * @property {number[]} [progress] [steps made, total steps]
 * @property {boolean} [alive] whether it runs by itself; if nothing more arrives, the front end says so
 * @property {boolean} [abreast]
 * @property {string[]} [absent] toggles that the stage hides
 * @property {string} [key] a question's key; ``solved``: whether it was answered correctly
 * @property {boolean} [solved]
 */

/**
 * @typedef {object} Stack The sizes through a stack of layers, and the receptive field of a cell of each.
 * @property {number[]} sizes the size of the input, then after each layer
 * @property {any[][]} layers [kind, kernel, stride, padding]
 * @property {number[][]} fields [size, jump, start] in input cells
 */

/**
 * @typedef {object} Grid A table of buttons.
 * @property {string[]} columns
 * @property {GridRow[]} rows
 */

/**
 * @typedef {object} GridRow One row of a table of buttons, a cell for each column.
 * @property {string} name
 * @property {GridCell[]} cells
 */

/**
 * @typedef {object} GridCell One button of a table: its text, and the name that is sent when it is pressed.
 * @property {string} text
 * @property {string} style
 * @property {string} press
 */

/**
 * @typedef {object} Shown All that a front end shows of an explorer; serial is that of the last event handled.
 * @property {number} serial
 * @property {Part[]} parts
 * @property {boolean} undo whether there is something to undo
 * @property {string} veil the key of the question whose answer it would show: covered until "uncover"; empty if there is none
 */

export {};
