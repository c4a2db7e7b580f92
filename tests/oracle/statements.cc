// SPDX-License-Identifier: MIT
/*
 * statements.cc: walks a function's body once for its statements and once for escaping locals.
 */
#include "statements.h"
#include "clang/Basic/Builtins.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

Statements::Statements(ASTContext &context, const Stmt *body) : context(context) {
    walk(body);
    findEscapes(body);
    const SourceManager &sources = context.getSourceManager();
    std::set<std::pair<unsigned, unsigned>> places;
    for (const Stmt *stmt : all) {
        PresumedLoc place = sources.getPresumedLoc(stmt->getBeginLoc());
        if (place.isValid() && !places.insert({place.getLine(), place.getColumn()}).second)
            sharing.insert(stmt);
    }
}

// ---- owners -------------------------------------------------------------------------------------

void Statements::add(const Stmt *stmt) {
    all.push_back(stmt);
    owners[stmt] = {stmt, isa<WhileStmt>(stmt) || isa<DoStmt>(stmt) || isa<ForStmt>(stmt)};
}

static void giveAll(std::map<const Stmt *, Owner> &owners, const Stmt *stmt, Owner owner) {
    if (!stmt) return;
    owners[stmt] = owner;
    for (const Stmt *kid : stmt->children()) giveAll(owners, kid, owner);
}

void Statements::give(const Stmt *expression, const Stmt *owner, bool loopPart) {
    if (!expression) return;
    own[owner].push_back(expression);
    giveAll(owners, expression, {owner, loopPart});
}

void Statements::walk(const Stmt *stmt) {
    if (!stmt || isa<NullStmt>(stmt)) return;
    if (auto *block = dyn_cast<CompoundStmt>(stmt)) {
        for (const Stmt *kid : block->body()) walk(kid);
    } else if (auto *label = dyn_cast<LabelStmt>(stmt)) {
        walk(label->getSubStmt());
    } else if (auto *label = dyn_cast<SwitchCase>(stmt)) {
        walk(label->getSubStmt());
    } else if (auto *choice = dyn_cast<IfStmt>(stmt)) {
        add(stmt);
        give(choice->getCond(), stmt, false);
        walk(choice->getThen());
        walk(choice->getElse());
    } else if (auto *choice = dyn_cast<SwitchStmt>(stmt)) {
        add(stmt);
        give(choice->getCond(), stmt, false);
        walk(choice->getBody());
    } else if (auto *loop = dyn_cast<WhileStmt>(stmt)) {
        add(stmt);
        give(loop->getCond(), stmt, true);
        walk(loop->getBody());
    } else if (auto *loop = dyn_cast<DoStmt>(stmt)) {
        add(stmt);
        give(loop->getCond(), stmt, true);
        walk(loop->getBody());
    } else if (auto *loop = dyn_cast<ForStmt>(stmt)) {
        add(stmt);
        give(loop->getInit(), stmt, false);
        give(loop->getCond(), stmt, true);
        give(loop->getInc(), stmt, true);
        walk(loop->getBody());
    } else {
        add(stmt);
        give(stmt, stmt, false);
    }
}

Owner Statements::owner(const Stmt *stmt) const {
    auto it = owners.find(stmt);
    return it == owners.end() ? Owner() : it->second;
}

// ---- memory -------------------------------------------------------------------------------------

// The array that an expression of pointer type is, or null.
static const Expr *decayed(const Expr *pointer) {
    auto *cast = dyn_cast<ImplicitCastExpr>(pointer->IgnoreParens());
    return cast && cast->getCastKind() == CK_ArrayToPointerDecay ? cast->getSubExpr() : nullptr;
}

// What contains the object of an lvalue: the lvalue of a whole variable, or null if a pointer leads
// to it.
static const Expr *whole(const Expr *lvalue) {
    for (;;) {
        lvalue = lvalue->IgnoreParens();
        if (auto *member = dyn_cast<MemberExpr>(lvalue)) {
            if (member->isArrow()) return nullptr;
            lvalue = member->getBase();
        } else if (auto *item = dyn_cast<ArraySubscriptExpr>(lvalue)) {
            if (!(lvalue = decayed(item->getBase()))) return nullptr;
        } else if (auto *unary = dyn_cast<UnaryOperator>(lvalue)) {
            if (unary->getOpcode() == UO_Deref) {
                if (!(lvalue = decayed(unary->getSubExpr()))) return nullptr;
            } else if (unary->getOpcode() == UO_Real || unary->getOpcode() == UO_Imag ||
                       unary->getOpcode() == UO_Extension) {
                lvalue = unary->getSubExpr();
            } else {
                return lvalue;
            }
        } else {
            return lvalue;
        }
    }
}

bool Statements::isMemory(const Expr *lvalue) const {
    const Expr *object = whole(lvalue);
    if (!object) return true;
    auto *reference = dyn_cast<DeclRefExpr>(object);
    auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    return variable && (variable->hasGlobalStorage() || escaping.count(variable));
}

void Statements::escapes(const Expr *lvalue) {
    const Expr *object = whole(lvalue);
    auto *reference = object ? dyn_cast<DeclRefExpr>(object) : nullptr;
    if (!reference) return;
    if (auto *variable = dyn_cast<VarDecl>(reference->getDecl())) escaping.insert(variable);
}

void Statements::findEscapes(const Stmt *stmt) {
    if (!stmt || isa<UnaryExprOrTypeTraitExpr>(stmt)) return;
    if (auto *unary = dyn_cast<UnaryOperator>(stmt)) {
        if (unary->getOpcode() == UO_AddrOf) escapes(unary->getSubExpr());
        const Expr *array = unary->getOpcode() == UO_Deref ? decayed(unary->getSubExpr()) : nullptr;
        if (array) return findEscapes(array);
    } else if (auto *item = dyn_cast<ArraySubscriptExpr>(stmt)) {
        if (const Expr *array = decayed(item->getBase())) {
            findEscapes(array);
            return findEscapes(item->getIdx());
        }
    } else if (auto *cast = dyn_cast<ImplicitCastExpr>(stmt)) {
        if (cast->getCastKind() == CK_ArrayToPointerDecay) escapes(cast->getSubExpr());
    }
    for (const Stmt *kid : stmt->children()) findEscapes(kid);
}

bool Statements::touches(const Stmt *stmt) const {
    if (!stmt) return false;
    if (auto *size = dyn_cast<UnaryExprOrTypeTraitExpr>(stmt))
        if (!size->isArgumentType() || !size->getArgumentType()->isVariableArrayType()) return false;
    if (auto *call = dyn_cast<CallExpr>(stmt)) {
        unsigned builtin = call->getBuiltinCallee();
        if (!builtin || !context.BuiltinInfo.isConst(builtin)) return true;
    }
    if (isa<AtomicExpr>(stmt) || isa<VAArgExpr>(stmt) || isa<AsmStmt>(stmt)) return true;
    if (auto *cast = dyn_cast<ImplicitCastExpr>(stmt)) {
        if (cast->getCastKind() == CK_LValueToRValue && isMemory(cast->getSubExpr())) return true;
    } else if (auto *binary = dyn_cast<BinaryOperator>(stmt)) {
        if (binary->isAssignmentOp() && isMemory(binary->getLHS())) return true;
    } else if (auto *unary = dyn_cast<UnaryOperator>(stmt)) {
        if (unary->isIncrementDecrementOp() && isMemory(unary->getSubExpr())) return true;
    } else if (auto *choice = dyn_cast<GenericSelectionExpr>(stmt)) {
        return touches(choice->getResultExpr());
    }
    if (auto *declaration = dyn_cast<DeclStmt>(stmt)) {
        for (const Decl *decl : declaration->decls())
            if (auto *variable = dyn_cast<VarDecl>(decl))
                if (!variable->hasGlobalStorage() && touches(variable->getInit())) return true;
        return false;
    }
    for (const Stmt *kid : stmt->children())
        if (touches(kid)) return true;
    return false;
}

bool Statements::matters(const Stmt *stmt) const {
    auto it = own.find(stmt);
    if (it == own.end()) return false;
    for (const Stmt *expression : it->second)
        if (touches(expression)) return true;
    return false;
}
