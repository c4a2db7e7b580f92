// SPDX-License-Identifier: MIT
/*
 * table.h: the slot table of a file (rt/table.h), as far as the oracle needs it.
 */
#ifndef ORACLE_TABLE_H
#define ORACLE_TABLE_H
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

enum class Kind { Entry, Stmt, Cond, Poll, End, Exit };

struct Place {
    Kind kind;
    unsigned line, column;
    static Place entry() { return {Kind::Entry, 0, 0}; }
    static Place exit() { return {Kind::Exit, 0, 0}; }
    bool isExit() const { return kind == Kind::Exit; }
    bool operator==(const Place &o) const {
        return kind == o.kind && line == o.line && column == o.column;
    }
    bool operator<(const Place &o) const {
        return std::tie(kind, line, column) < std::tie(o.kind, o.line, o.column);
    }
};

struct Node {
    Place place;
    std::string attributes;
    std::vector<unsigned> next;
    bool slot() const { return attributes.find('S') != std::string::npos; }
};

struct Function {
    unsigned line = 0;
    bool alone = false;
    std::map<unsigned, Node> nodes; // by number

    bool has(Place place) const { return place.kind == Kind::Entry || node(place); }
    // One with a slot, if there are several.
    const Node *node(Place place) const;
    // A path on which no other statement is, but for silent ones.
    bool leads(Place from, Place to, const std::set<Place> &silent) const;

  private:
    bool isLoop(const Node &node) const;
    void walk(const Node &node, Place from, Place to, const std::set<Place> &silent,
              std::set<unsigned> &seen, bool &found) const;
};

class Table {
  public:
    explicit Table(const std::string &path); // empty if there is no such file
    const Function *function(const std::string &name, unsigned line) const;

  private:
    std::multimap<std::string, Function> functions;
};

#endif
