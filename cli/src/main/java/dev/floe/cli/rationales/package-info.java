/**
 * The paper's data step: a teacher's step by step answers become training rows where what they come
 * to is right.
 */
package dev.floe.cli.rationales;
