// SPDX-License-Identifier: MIT
/*
 * table.cc: reads the table out of the header that loom-rewrite puts beside a file (OUT/.loom/FILE.h),
 * and asks its graph.
 */
#include "table.h"
#include <cstdlib>
#include <fstream>
#include <sstream>

const Node *Function::node(Place place) const {
    const Node *found = nullptr;
    for (auto &it : nodes)
        if (it.second.place == place && (!found || it.second.slot())) found = &it.second;
    return found;
}

// What clang does not have is passed on the way: ends, polls, the node in front of a loop; so are
// other statements of the place that the way began at.
void Function::walk(const Node &node, Place from, Place to, const std::set<Place> &silent,
                    std::set<unsigned> &seen, bool &found) const {
    for (unsigned number : node.next) {
        auto it = nodes.find(number);
        if (found || it == nodes.end() || !seen.insert(number).second) continue;
        const Node &next = it->second;
        if (next.place == to || (to.isExit() && next.place.kind == Kind::Exit)) found = true;
        else if (next.place.kind == Kind::End || next.place.kind == Kind::Poll ||
                 next.place == from || isLoop(next) || silent.count(next.place))
            walk(next, from, to, silent, seen, found);
    }
}

bool Function::leads(Place from, Place to, const std::set<Place> &silent) const {
    bool found = false;
    std::set<unsigned> seen;
    for (auto &it : nodes) {
        const Place &place = it.second.place;
        if (place == from || (from.kind == Kind::Entry && place.kind == Kind::Entry))
            walk(it.second, place, to, silent, seen, found);
    }
    return found;
}

bool Function::isLoop(const Node &node) const {
    return node.place.kind == Kind::Stmt &&
           this->node({Kind::Cond, node.place.line, node.place.column});
}

static std::string plain(const std::string &field) {
    std::string text;
    for (size_t i = 0; i < field.size(); i++) {
        if (field[i] == '%' && i + 2 < field.size()) {
            text += static_cast<char>(strtol(field.substr(i + 1, 2).c_str(), nullptr, 16));
            i += 2;
        } else {
            text += field[i];
        }
    }
    return text;
}

static Kind kindOf(const std::string &word) {
    static const std::map<std::string, Kind> kinds = {
        {"entry", Kind::Entry}, {"stmt", Kind::Stmt}, {"cond", Kind::Cond},
        {"poll", Kind::Poll},   {"end", Kind::End},   {"exit", Kind::Exit}};
    return kinds.at(word);
}

static Node readNode(std::istringstream &in) {
    std::string kind, place, end, successors, number;
    Node node;
    in >> kind >> place >> end >> node.attributes >> successors;
    node.place.kind = kindOf(kind);
    sscanf(place.c_str(), "%u:%u", &node.place.line, &node.place.column);
    std::istringstream list(successors);
    while (successors != "-" && std::getline(list, number, ','))
        node.next.push_back(static_cast<unsigned>(strtoul(number.c_str(), nullptr, 10)));
    return node;
}

Table::Table(const std::string &path) {
    std::ifstream file(path);
    std::string line, kind, flag, name, place;
    Function *function = nullptr;
    bool alone = false; // an `x` line comes before the `fn` line of its function
    while (std::getline(file, line)) {
        if (line.size() < 4 || line[0] != '"') continue;
        std::istringstream in(line.substr(1, line.rfind("\\n\"") - 1));
        in >> kind;
        if (kind == "x") {
            alone = true;
        } else if (kind == "fn") {
            in >> flag >> name >> place;
            function = &functions.emplace(plain(name), Function())->second;
            function->line = static_cast<unsigned>(strtoul(place.c_str(), nullptr, 10));
            function->alone = alone;
            alone = false;
        } else if (kind == "n" && function) {
            unsigned number;
            in >> number;
            function->nodes[number] = readNode(in);
        }
    }
}

const Function *Table::function(const std::string &name, unsigned line) const {
    auto range = functions.equal_range(name);
    for (auto it = range.first; it != range.second; ++it)
        if (it->second.line == line) return &it->second;
    return nullptr;
}
