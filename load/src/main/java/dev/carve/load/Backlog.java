package dev.carve.load;

/** Arrivals that wait for a connection, oldest first; a ring that grows up to the plan's bound. */
final class Backlog {

    private long[] numbers = new long[64];
    private long[] intended = new long[64];
    private int head;
    private int size;

    int size() {
        return size;
    }

    void add(long number, long intendedNanos) {
        if (size == numbers.length) {
            grow();
        }
        int tail = (head + size) & (numbers.length - 1);
        numbers[tail] = number;
        intended[tail] = intendedNanos;
        size++;
    }

    long number() {
        return numbers[head];
    }

    long intendedNanos() {
        return intended[head];
    }

    void remove() {
        head = (head + 1) & (numbers.length - 1);
        size--;
    }

    private void grow() {
        long[] moreNumbers = new long[numbers.length * 2];
        long[] moreIntended = new long[numbers.length * 2];
        for (int i = 0; i < size; i++) {
            moreNumbers[i] = numbers[(head + i) & (numbers.length - 1)];
            moreIntended[i] = intended[(head + i) & (numbers.length - 1)];
        }
        numbers = moreNumbers;
        intended = moreIntended;
        head = 0;
    }
}
