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
 * @typedef {object} Wires Wires between cells: every wire of the planes, with every wire of the rows, with every one of the columns.
 * @property {Record<string, number[]>} planes
 * @property {Record<string, number[]>} rows
 * @property {Record<string, number[]>} columns
 */

/**
 * @typedef {object} WireList Wires one by one, as any function may have them: the k-th joins the k-th cell of each end, and has a weight.
 * @property {Record<string, Cell[]>} cells
 * @property {number[]} weight
 * @property {string[]} [state] of a learner's function beside the right one: "both", "missing" or "extra"
 */

/**
 * @typedef {object} Shares What each wire carries where there is no kernel: values (C, *shape) with shape (out_h, out_w, kh, kw).
 * @property {number[]} shape
 * @property {Numbers} values
 */

/**
 * @typedef {object} Sum What the strip writes for a cell of a panel, a term a wire.
 * @property {string} wires which of the scene's wires
 * @property {string} a
 * @property {string} b
 * @property {string} opening
 * @property {string} joiner
 * @property {string} closing
 * @property {string} [goes]
 * @property {string} [via] a panel that the wires run through on their way
 * @property {string} [bias] a panel whose cell is added in the end
 * @property {boolean} [values] chips write a alone, the share being told by what is picked out
 * @property {number[]} [skips] kinds of cell, as in Edges, that have no part: not written, and not in {count}
 * @property {string[]} [uses] what becomes of a where the share is 0, and where it is not
 * @property {string} [adds] a panel whose cells are added as they are, and the wires of that name
 * @property {Numbers} [right] the right totals, where those of the panel are a learner's (planes, height, width)
 * @property {Numbers} [groups] what each wire of the planes adds to the total (wires, height, width)
 */

/**
 * @typedef {object} Says What is said of a cell with no wire, with one and with more; and its line of numpy.
 * @property {string} none
 * @property {string} one
 * @property {string} many
 * @property {string} [code]
 * @property {string[]} [kinds]
 * @property {string} [ring] what is added for a cell of the padding
 * @property {string[]} [cells] what is said in their place of each cell, in reading order
 */

/**
 * @typedef {object} Edges Which rows and columns are cells of the array (0), padding (1), or beyond the padded edge (2).
 * @property {number[]} rows
 * @property {number[]} columns
 */

/**
 * @typedef {object} Places The index of each drawn plane, row and column in the learner's array; an empty list is not written.
 * @property {number[][]} planes
 * @property {number[]} rows
 * @property {number[]} columns
 */

/**
 * @typedef {object} Sight For each row (top, bottom) and column (left, right): where what it depends on begins and ends in the image.
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
 * @property {number[]} [mark] where its mark stands, if not at its end; the name then says all there is to say
 */

/**
 * @typedef {object} Chart The axes and lines of a chart: from where to where x and y run, and ticks, as x is written.
 * @property {string} unit
 * @property {number[]} x
 * @property {number[]} y
 * @property {number[]} ticks
 * @property {string} label
 * @property {Curve[]} lines
 * @property {any[]} [drags] [name, step, least, most] of the slider that a pointer sets to where it is along x
 */

/**
 * @typedef {object} Panel One array, or a chart, at its place on the stage; "maps" have cells too many to be elements.
 * @property {string} name
 * @property {string} symbol how the learner writes it, what follows "_" as a subscript
 * @property {string} title
 * @property {string} role which colour its symbol and its numbers in the strip have: x, w, y, b or gradient
 * @property {"cells" | "maps" | "photo" | "bars" | "chart" | "none"} view "none": only read by sums
 * @property {number} row
 * @property {number} column
 * @property {number[]} planes [down, across]: planes are numbered down each column first
 * @property {number[]} shape [height, width] of a plane
 * @property {Numbers} values (planes, height, width)
 * @property {number} limit the magnitude of the full colour
 * @property {Places} places
 * @property {string} [end]
 * @property {Sum} [sum]
 * @property {Says} [says]
 * @property {string} [alias] how its cells are named, where not by the symbol
 * @property {Edges} [edges]
 * @property {Edges} [unread] 1 for rows and columns that no window reads
 * @property {Record<string, Cell[]>} [marks]
 * @property {Numbers} [frames] (steps, planes, height, width): what it shows after each step
 * @property {Shares} [shares]
 * @property {boolean} [flat] drawn as one strip, whose cells have one index
 * @property {Sight} [sees]
 * @property {boolean} [editable]
 * @property {boolean} [active]
 * @property {boolean} [turned]
 * @property {string} [gradient] the panel whose sum is told of a cell of this one, while the way back is shown
 * @property {"signed" | "grey"} [palette]
 * @property {number} [band] panels of one band share their columns; the bands stand below each other
 * @property {number} [scale] the side of a cell, where 1 is one with a number
 * @property {string[]} [captions] one for each plane, or for each bar
 * @property {number} [best] the bar that is picked out; -1 for none
 * @property {number[]} [lengths] of the bars, from 0 to 1, where not the values themselves
 * @property {string[]} [texts] what is written at the end of each bar, where not a percentage
 * @property {string[]} [heads] what the rows and the columns of a plane are: their indices are written beside it
 * @property {Chart} [chart]
 */

/**
 * @typedef {object} Scene All that one stage shows.
 * @property {Panel[]} panels
 * @property {string[]} signs between the columns of the first row
 * @property {Record<string, Wires | WireList>} wires
 * @property {At} first the first selection
 * @property {boolean} [held] it stays when the pointer moves on
 * @property {string} [steps] the panel that the transport steps through
 * @property {string} [topic] another topic begins at its own first selection
 * @property {string} [heading]
 * @property {string} [note]
 * @property {boolean} [pick] a click is told to the kernel
 * @property {boolean} [compact] many small maps without numbers
 * @property {boolean} [network] layers side by side, the maps of each below each other, wires between them
 * @property {string} [coverage] the panel on which it can be shown how many outputs read a cell
 * @property {string} [window] the panel that shows the window of the selected output, enlarged
 * @property {Shares} [shares]
 * @property {string} [setup] what goes before a line that reads xp
 */

/**
 * @typedef {object} Control One control as the front end draws it.
 * @property {string} name
 * @property {string} kind
 * @property {string} label
 * @property {string} place
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
 * @typedef {object} GridCell One button of a table: its label, its full text, and the name that is sent when it is pressed.
 * @property {string} text
 * @property {string} says
 * @property {string} style
 * @property {string} press
 */

/**
 * @typedef {object} Shown All that a front end shows of an explorer; serial is that of the last event handled.
 * @property {number} serial
 * @property {Part[]} parts
 * @property {boolean} undo whether there is something to undo
 * @property {string} [veil] the key of the question whose answer it would show: covered until "uncover"
 */

export {};
