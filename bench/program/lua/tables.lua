-- Tables: arrays, hashes, sorting, ipairs and pairs, insert and remove. Argument: how often.
local times = tonumber(arg[1])

local seed = 1
local function random()
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed
end

local total = 0
for _ = 1, times do
    local list, index = {}, {}
    for i = 1, 1000 do list[i] = random() end
    for i, value in ipairs(list) do index[value] = i end
    table.sort(list)
    for value in pairs(index) do total = total + value % 7 end
    table.sort(list, function(a, b) return a > b end)
    local queue = {}
    for i = 1, 1000 do table.insert(queue, list[i]) end
    while #queue > 500 do table.remove(queue) end
    local grid = {}
    for y = 1, 30 do
        grid[y] = {}
        for x = 1, 30 do grid[y][x] = x * y end
    end
    for y = 2, 29 do
        for x = 2, 29 do total = total + grid[y - 1][x] + grid[y + 1][x] - 2 * grid[y][x] end
    end
    total = total + #queue + list[1] % 1000
end
print(total)
