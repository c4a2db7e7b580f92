// SPDX-License-Identifier: MIT
/*
 * table.h: the slot table, the text in which loom-rewrite tells loom-pipe about a file.
 *
 * One table per rewritten file, kept as a string constant in the program (struct loom_file), never
 * read by the runtime; loom-pipe reads it from the program's file, or fetches it over the pipe. Lines end with '\n'; fields are
 * separated by one blank; in names and types every byte <= ' ', '%', ',' and > '~' is written %XX.
 * Lines and columns are those of the original source, from 1. Readers ignore unknown line kinds
 * and unknown attribute letters.
 *
 *   loom 1                               version, first line
 *   file PATH HASH POINTS FUNCTIONS      HASH: 16 hex digits, as in struct loom_file
 *   type ID TEXT                         a canonical function type, used by `fn` and `i` calls
 *   rec ID KIND NAME SIZE                a struct (KIND s) or union (u), NAME may be empty (%00);
 *                                        its members follow, if not all then those that the file
 *                                        mentions. ID: from 0, of this file
 *   m NAME OFFSET TYPE [BIT:WIDTH]       a member, OFFSET in bytes; a bit-field: TYPE is read at
 *                                        OFFSET, BIT counts from its lowest. Members of anonymous
 *                                        members stand here as if they were its own
 *   e NAME VALUE                         an enumerator the file uses (VALUE signed decimal)
 *   g INDEX NAME TYPE                    a variable of file scope whose value the file can give
 *                                        (struct loom_file.global); arrays, structs: its address.
 *                                        TYPE F: a function by whose address threads may start
 *   fn FLAG NAME LINE:COL ENDLINE ATTRS TYPE
 *                                        FLAG: index in loom_flags_TAG. Nodes follow.
 *   l ID NAME TYPE                       a parameter or local variable that some slot of the
 *                                        function passes; ID: from 0, of this function. TYPE ?: one
 *                                        that no slot passes, and that hides a `g` of its name
 *   n NODE KIND LINE:COL ENDLINE:ENDCOL ATTRS SUCC [VALUES]
 *                                        one CFG node of the function; SUCC: NODE,NODE,... or -
 *                                        VALUES: ID,ID,... the locals its slot passes, in order
 *   c POINT HOW CALLEE CLASS             a call in the node above, in order of the text, but those
 *                                        that are made for its arguments in front of it
 *   x NAME LINE REASON                   a function that is not instrumented, and why
 *   at NAME TYPE                         in a file that was rewritten alone (loom-cc): it takes the
 *                                        address of a function that other files may define. TYPE:
 *                                        text of the function type, ? or `start` (attribute o)
 *
 * fn ATTRS (or -):  s static   a address taken   h may be a signal handler (by its type)
 *   c closure: no flag test of its own; a filter on it flags its callers, transitively
 *   f its fast copy is a function of its own, too, NAME__fast: calls of class s go past its test
 *   p pure or const: has no pause points      v stack frame of variable size (alloca, VLA)
 *   t tail-calls itself (a function region would use up the stack)   j calls setjmp or the like
 *   r its slow copy is a function of its own, NAME__slow
 *   u its address is cast to another type: a call by any type may be one of it
 *   o its address is only taken where threads are started in it, by name: no call can mean it
 *   b has a boundary: called while its thread is OUTSIDE, it makes it INSIDE. An address-taken
 *     function without one may run while its thread counts as being at the outer call's site
 *
 * Types of values: b1 bool · i1 i2 i4 i8 signed, u1 u2 u4 u8 unsigned (enums too) · f4 f8 f16
 *   floating (never passed) · pTYPE pointer · rID record · aCOUNTxTYPE array (COUNT 0: unknown) ·
 *   v void · F function · ? anything else. An incomplete record is a rec with SIZE 0.
 *
 * n: NODE is dense in the file and shares its numbering with points: if the node has attribute S
 * or is a poll, NODE is the point's number too. Points of calls are numbered in the same sequence,
 * so NODEs may have gaps. KIND:
 *   entry   the function's entry, before its first statement. Every function has one, first
 *   stmt    before a statement; control statements: before the whole statement, and their
 *           condition is evaluated in it (if, switch), or in a `cond` node (loops)
 *   cond    evaluation of a loop's condition and increment; never a slot
 *   poll    head of the body of a polled loop: a pause point, and a flag read
 *   end     end of a block (body of a loop, branch, slow half): events and regions end here
 *   exit    a way out: behind the value of a `return`, or the end of a void function. No SUCC
 * n ATTRS (or -):
 *   S   there is a slot at this point (operations can be attached)
 *   R   the flag is read on entering this node, before the slot: a thread that comes from a fast
 *       run sees here whether the function is flagged
 *   J   a jump (goto, break, continue): does nothing itself
 *   M   comes out of a macro
 *   N   no effect that others can see: it touches only locals whose address does not escape, calls
 *       nothing, and has no slot
 * Without S, what has no effect, statements of macros, dead configurations and places where C
 * allows no insertion.
 *
 * c: POINT is the site's number if the call has a marker (LOOM_CALL, LOOM_LOCK, LOOM_CREATE), else -.
 *   A marker around a macro's expansion is that of its strongest call; the others in it have -.
 *   HOW  d direct, CALLEE is a name · i indirect, CALLEE is a type ID
 *        t starts a thread, CALLEE is the start routine's name, or ?
 *        f CALLEE is a function named by an attribute (cleanup)
 *   CLASS (or -): b may block · i may idle (wait for the outside world without a bound) ·
 *        k may call back (any address-taken function) · l returns with a program lock held ·
 *        n never returns · x external: not defined in the rewritten tree · q in a macro or another
 *        place where the callee's slow copy cannot be called: a closure callee runs fast from here ·
 *        r the call is followed by a read before any slot of this function (as emitted) ·
 *        m the node's only call, and made whenever the node is executed ·
 *        s a shortcut: made from a fast run, it goes past the callee's test, as if that were a closure ·
 *        w in a file that was rewritten alone: if a file of the program has a function of this
 *        name that is not static, b, i, k, l and x do not count
 *   An external call without b never pauses the thread (but its callbacks may, if k).
 *
 * Positions and staleness (design 3): after a call without r, the nodes up to the next R run in
 * the copy in which the call was made. A poll and a slot are in the slow copy already, so nothing
 * behind them in their function is stale.
 */
#ifndef LOOM_TABLE_H
#define LOOM_TABLE_H
#define LOOM_TABLE_VERSION 1
#endif
