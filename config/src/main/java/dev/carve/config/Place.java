package dev.carve.config;

/**
 * Where a value was written.
 *
 * @param source the file, or the variable or flag
 * @param line from 1; 0 where lines mean nothing
 * @param column from 1, in code points; 0 where lines mean nothing
 */
record Place(Origin origin, String source, int line, int column) {

    static final Place DEFAULT = new Place(Origin.DEFAULT, "default", 0, 0);

    static Place inFile(String file, int line, int column) {
        return new Place(Origin.FILE, file, line, column);
    }

    static Place ofVariable(String name) {
        return new Place(Origin.ENVIRONMENT, "environment " + name, 0, 0);
    }

    static Place ofFlag(String path) {
        return new Place(Origin.FLAG, "flag " + Display.cut(path), 0, 0);
    }

    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
