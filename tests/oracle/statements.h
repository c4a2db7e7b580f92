// SPDX-License-Identifier: MIT
/*
 * statements.h: the statements of a function as clang has them, in the order of the text, and which
 * of them an expression belongs to.
 */
#ifndef ORACLE_STATEMENTS_H
#define ORACLE_STATEMENTS_H
#include "clang/AST/ASTContext.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include <map>
#include <set>
#include <vector>

struct Owner {
    const clang::Stmt *stmt = nullptr;
    bool loopPart = false; // condition or step of a loop
};

class Statements {
  public:
    Statements(clang::ASTContext &context, const clang::Stmt *body);
    // Without blocks, labels, empty statements, and those inside expressions.
    const std::vector<const clang::Stmt *> &list() const { return all; }
    Owner owner(const clang::Stmt *stmt) const;
    // Calls something, or touches memory other than locals whose address does not escape. The
    // initialisation of a local does not touch it: its life begins there.
    bool matters(const clang::Stmt *stmt) const;
    // One of a macro expansion in which another one comes first.
    bool sharesPlace(const clang::Stmt *stmt) const { return sharing.count(stmt); }

  private:
    clang::ASTContext &context;
    std::vector<const clang::Stmt *> all;
    std::map<const clang::Stmt *, Owner> owners;
    std::map<const clang::Stmt *, std::vector<const clang::Stmt *>> own; // expressions
    std::set<const clang::Stmt *> sharing;
    std::set<const clang::VarDecl *> escaping;

    void add(const clang::Stmt *stmt);
    void walk(const clang::Stmt *stmt);
    void give(const clang::Stmt *expression, const clang::Stmt *owner, bool loopPart);
    void findEscapes(const clang::Stmt *stmt);
    void escapes(const clang::Expr *lvalue);
    bool isMemory(const clang::Expr *lvalue) const;
    bool touches(const clang::Stmt *stmt) const;
};

#endif
