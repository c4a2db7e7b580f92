// SPDX-License-Identifier: MIT
/*
 * oracle.cc: what clang says of a tree, against the slot tables that loom-rewrite made of it.
 *
 *   oracle [-v] SRC OUT      SRC/compile_commands.json says what is compiled
 *
 * Graph: every edge between two statements that clang::CFG has and that can be reached must be in our
 * graph: a path from the one to the other on which no other statement is. Coverage: of the statements that call
 * something, or touch memory other than locals whose address does not escape, the share that has a
 * slot of its own; what one macro expansion makes is one statement, since C has one place for it.
 * Prints figures, then what is missing or not covered, by cause; -v: each place.
 * Exit status 1 if an edge is missing, 2 if nothing could be compared.
 *
 * Vocabulary
 *   owner   the statement of our graph that an expression belongs to, and whether it is the
 *           condition or the step of a loop, which has a node of its own. What is inside a
 *           statement expression belongs to the statement around it (rewriter/scan_expr.c)
 *   place   kind, line and column: how an owner and a node of a table find each other. Several
 *           statements of one macro expansion share a place, and count as one in the graph
 */
#include "statements.h"
#include "table.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/Analysis/CFG.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "clang/Tooling/Tooling.h"
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace clang;

namespace {

bool verbose;
std::string root, out;

struct Figures {
    unsigned functions = 0, alone = 0, unknown = 0;
    unsigned long edges = 0, missing = 0;
    unsigned long wanted = 0, covered = 0; // places of the text
    unsigned long statements = 0, slots = 0; // each statement of a macro counted
    std::map<std::string, unsigned long> missingBy, bareBy;
    std::map<std::string, std::string> example;
    void note(std::map<std::string, unsigned long> &by, const std::string &cause,
              const std::string &place) {
        by[cause]++;
        example.emplace(cause, place);
        if (verbose) printf("%s: %s\n", place.c_str(), cause.c_str());
    }
} figures;

std::map<std::string, Table> tables;
std::set<std::string> seen; // functions of headers come again

Place placeOf(const SourceManager &sources, Kind kind, SourceLocation location) {
    PresumedLoc presumed = sources.getPresumedLoc(location);
    if (presumed.isInvalid()) return {kind, 0, 0};
    return {kind, presumed.getLine(), presumed.getColumn()};
}

// ---- the graph of one function ------------------------------------------------------------------

class Comparison {
  public:
    Comparison(ASTContext &context, const FunctionDecl *function, const std::string &file,
               const Function *ours)
        : context(context), sources(context.getSourceManager()), function(function), file(file),
          ours(ours), statements(context, function->getBody()) {}

    void graph();
    void coverage();

  private:
    ASTContext &context;
    const SourceManager &sources;
    const FunctionDecl *function;
    std::string file;
    const Function *ours;
    Statements statements;
    std::map<const Stmt *, const Stmt *> written; // of what clang split
    std::set<Place> silent; // declarations of types only, which clang's graph leaves out

    Place place(const Owner &owner) {
        bool loop = owner.loopPart;
        return placeOf(sources, loop ? Kind::Cond : Kind::Stmt, owner.stmt->getBeginLoc());
    }
    std::string say(Place p) {
        return file + ":" + std::to_string(p.line) + ":" + std::to_string(p.column);
    }
    Owner ownerOf(const Stmt *stmt) {
        auto it = written.find(stmt);
        return statements.owner(it == written.end() ? stmt : it->second);
    }
    std::vector<Place> passes(const CFGBlock *block);
    void next(const CFGBlock *block, std::set<const CFGBlock *> &walked, std::set<Place> &places,
              bool &exit);
    void reach(const CFGBlock *block, std::set<const CFGBlock *> &reached);
    void edge(Place from, Place to);
    std::string cause(const Owner &owner, const Node *node);
};

// What a block passes, in order.
std::vector<Place> Comparison::passes(const CFGBlock *block) {
    std::vector<Place> result;
    auto add = [&](const Stmt *stmt) {
        Owner owner = stmt ? ownerOf(stmt) : Owner();
        if (!owner.stmt || isa<NullStmt>(owner.stmt)) return;
        Place p = place(owner);
        if (result.empty() || !(result.back() == p)) result.push_back(p);
    };
    for (const CFGElement &element : *block)
        if (auto stmt = element.getAs<CFGStmt>()) add(stmt->getStmt());
    add(block->getTerminatorStmt());
    return result;
}

// The first places behind a block.
void Comparison::next(const CFGBlock *block, std::set<const CFGBlock *> &walked,
                      std::set<Place> &places, bool &exit) {
    for (const CFGBlock::AdjacentBlock &to : block->succs()) {
        const CFGBlock *successor = to.getReachableBlock();
        if (!successor || !walked.insert(successor).second) continue;
        if (successor == &successor->getParent()->getExit()) {
            exit |= !block->hasNoReturnElement();
            continue;
        }
        std::vector<Place> there = passes(successor);
        if (there.empty()) next(successor, walked, places, exit);
        else places.insert(there.front());
    }
}

// Code that nothing leads to has no edges that matter: a table leaves out an end behind it.
void Comparison::reach(const CFGBlock *block, std::set<const CFGBlock *> &reached) {
    if (!reached.insert(block).second) return;
    for (const CFGBlock::AdjacentBlock &to : block->succs())
        if (to.getReachableBlock()) reach(to.getReachableBlock(), reached);
}

void Comparison::edge(Place from, Place to) {
    if (from == to) return;
    figures.edges++;
    if (ours->leads(from, to, silent)) return;
    figures.missing++;
    const char *cause = !ours->has(from) ? "the statement before is not in the table"
                        : !to.isExit() && !ours->has(to) ? "the statement behind is not in the table"
                                                         : "no such edge";
    figures.note(figures.missingBy, cause,
                 say(from) + " to " + (to.isExit() ? "the end" : say(to)));
}

void Comparison::graph() {
    CFG::BuildOptions options;
    std::unique_ptr<CFG> cfg =
        CFG::buildCFG(function, function->getBody(), &context, options);
    if (!cfg) {
        figures.unknown++;
        return;
    }
    for (const Stmt *stmt : statements.list())
        if (auto *declaration = dyn_cast<DeclStmt>(stmt))
            if (llvm::none_of(declaration->decls(), [](const Decl *d) { return isa<VarDecl>(d); }))
                silent.insert(placeOf(sources, Kind::Stmt, stmt->getBeginLoc()));
    for (auto it = cfg->synthetic_stmt_begin(); it != cfg->synthetic_stmt_end(); ++it)
        written[it->first] = it->second;
    std::set<const CFGBlock *> reached;
    reach(&cfg->getEntry(), reached);
    for (const CFGBlock *block : *cfg) {
        if (block == &cfg->getExit() || !reached.count(block)) continue;
        std::vector<Place> here = passes(block);
        if (here.empty() && block != &cfg->getEntry()) continue;
        for (size_t i = 1; i < here.size(); i++) edge(here[i - 1], here[i]);
        std::set<const CFGBlock *> walked;
        std::set<Place> places;
        bool exit = false;
        next(block, walked, places, exit);
        Place from = here.empty() ? Place::entry() : here.back();
        for (Place to : places) edge(from, to);
        if (exit) edge(from, Place::exit());
    }
}

// ---- coverage -----------------------------------------------------------------------------------

std::string Comparison::cause(const Owner &owner, const Node *node) {
    SourceLocation begin = owner.stmt->getBeginLoc();
    if (!ours) return "its function is left alone";
    if (!node) return "not in the table";
    if (begin.isMacroID()) return "out of a macro";
    if (owner.stmt->getEndLoc().isMacroID()) return "ends in a macro";
    if (node->attributes.find('N') != std::string::npos) return "taken for one without effect";
    return std::string("other: ") + owner.stmt->getStmtClassName();
}

// A macro expansion is one statement of the text, and matters if one of its statements does.
void Comparison::coverage() {
    std::map<Place, const Stmt *> places;
    for (const Stmt *stmt : statements.list()) {
        if (!statements.matters(stmt)) continue;
        Place p = placeOf(sources, Kind::Stmt, stmt->getBeginLoc());
        const Node *node = ours ? ours->node(p) : nullptr;
        figures.statements++;
        figures.slots += node && node->slot() && !statements.sharesPlace(stmt);
        places.emplace(p, stmt);
    }
    for (auto &it : places) {
        const Node *node = ours ? ours->node(it.first) : nullptr;
        figures.wanted++;
        if (node && node->slot()) figures.covered++;
        else figures.note(figures.bareBy, cause({it.second, false}, node), say(it.first));
    }
}

// ---- the units ----------------------------------------------------------------------------------

const Table *tableOf(const std::string &file) {
    auto it = tables.find(file);
    if (it == tables.end()) it = tables.emplace(file, Table(out + "/.loom/" + file + ".h")).first;
    return &it->second;
}

void compare(ASTContext &context, const FunctionDecl *function) {
    const SourceManager &sources = context.getSourceManager();
    SourceLocation location = sources.getExpansionLoc(function->getBeginLoc());
    if (sources.isInSystemHeader(location)) return;
    OptionalFileEntryRef entry = sources.getFileEntryRefForID(sources.getFileID(location));
    if (!entry) return;
    char path[PATH_MAX];
    if (!realpath(entry->getName().str().c_str(), path)) return;
    std::string file = path;
    if (file.compare(0, root.size() + 1, root + "/") != 0) return;
    file = file.substr(root.size() + 1);
    PresumedLoc presumed = sources.getPresumedLoc(function->getLocation());
    std::string key = file + ":" + std::to_string(presumed.getLine()) + ":" +
                      std::to_string(presumed.getColumn()) + ":" + function->getNameAsString();
    if (!seen.insert(key).second) return;
    const Table *table = tableOf(file);
    const Function *ours = table->function(function->getNameAsString(), presumed.getLine());
    if (ours && ours->alone) ours = nullptr;
    Comparison comparison(context, function, file, ours);
    figures.functions++;
    if (ours) comparison.graph();
    else figures.alone++;
    comparison.coverage();
}

class Consumer : public ASTConsumer {
    bool HandleTopLevelDecl(DeclGroupRef group) override {
        for (Decl *decl : group)
            if (auto *function = dyn_cast<FunctionDecl>(decl))
                if (function->doesThisDeclarationHaveABody()) functions.push_back(function);
        return true;
    }
    void HandleTranslationUnit(ASTContext &context) override {
        if (context.getDiagnostics().hasErrorOccurred()) return;
        for (const FunctionDecl *function : functions) compare(context, function);
    }
    std::vector<const FunctionDecl *> functions;
};

class Action : public ASTFrontendAction {
    std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &, StringRef) override {
        return std::make_unique<Consumer>();
    }
};

void list(const char *what, const std::map<std::string, unsigned long> &by) {
    for (auto &line : by)
        printf("  %s %6lu  %s, as %s\n", what, line.second, line.first.c_str(),
               figures.example[line.first].c_str());
}

// A tool of its own per file: one tool takes ./sds.h of one folder for that of another (redis).
void run(const tooling::CompilationDatabase &database, const std::string &file) {
    tooling::ClangTool tool(database, {file});
    IgnoringDiagConsumer silent;
    tool.setDiagnosticConsumer(&silent);
    tool.appendArgumentsAdjuster(tooling::getInsertArgumentAdjuster(
        {"-w", "-Wno-error", "-Wno-implicit-function-declaration", "-Wno-implicit-int",
         "-Wno-int-conversion", "-Wno-incompatible-function-pointer-types", "-resource-dir",
         RESOURCES},
        tooling::ArgumentInsertPosition::END));
    tool.run(tooling::newFrontendActionFactory<Action>().get());
}

} // namespace

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "-v")) verbose = true, argc--, argv++;
    char path[PATH_MAX], made[PATH_MAX];
    if (argc != 3 || !realpath(argv[1], path) || !realpath(argv[2], made)) {
        fprintf(stderr, "usage: oracle [-v] SRC OUT\n");
        return 2;
    }
    root = path, out = made;
    std::string error;
    auto database = tooling::JSONCompilationDatabase::loadFromFile(
        root + "/compile_commands.json", error, tooling::JSONCommandLineSyntax::AutoDetect);
    if (!database) {
        fprintf(stderr, "oracle: %s\n", error.c_str());
        return 2;
    }
    for (const std::string &file : database->getAllFiles()) run(*database, file);
    auto share = [](unsigned long part, unsigned long all) { return all ? 100.0 * part / all : 0.0; };
    printf("%u functions, %u left alone; %lu edges, %lu missing; %lu of %lu statements have a slot,"
           " %.2f %% (%.2f %% if each of a macro's counts)\n",
           figures.functions, figures.alone, figures.edges, figures.missing, figures.covered,
           figures.wanted, share(figures.covered, figures.wanted),
           share(figures.slots, figures.statements));
    list("missing", figures.missingBy);
    list("no slot", figures.bareBy);
    if (!figures.edges) return 2;
    return figures.missing ? 1 : 0;
}
